import Foundation
package import RegistryTypes

/// An `assay.policy.yaml` as people write it: principals by name, times and tolerances with their units.
///
/// `docs/reference/policy.md` describes the keys.
package struct PolicyFile {
    /// The file's usual name.
    package static let name = "assay.policy.yaml"
    /// The schema that this version reads.
    package static let schema = "assay-policy/v1"

    /// The policy; the members of its groups are still names of people.
    package private(set) var document = PolicyDocument()
    /// Where each member of a group was written, for errors.
    private var places: [String: YAMLValue] = [:]

    /// Reads a file.
    package init(path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw RegistryError(.invalidPolicy, "there is no file \(path)")
        }
        let data = try handle.read(upToCount: YAMLDocument.maximumSize + 1) ?? Data()
        guard let text = String(data: data, encoding: .utf8) else {
            throw RegistryError(.invalidPolicy, "\(path) is not UTF-8 text")
        }
        try self.init(text: text, name: URL(filePath: path).lastPathComponent)
    }

    /// Reads text; throws `invalid-policy` with the line of the first mistake.
    package init(text: String, name: String = PolicyFile.name) throws {
        var root = try YAMLDocument(text, name: name, code: .invalidPolicy).root
        let schema = try root.required("schema")
        guard try schema.text() == Self.schema else {
            throw schema.error("is not known; this version of Assay reads \(Self.schema)")
        }
        let groups = root.optional("groups")
        let approvals = root.optional("approvals")
        let others: [String: YAMLValue] = Dictionary(
            uniqueKeysWithValues: ["verdict", "metrics", "comparisons"].compactMap { key in
                root.optional(key).map { (key, $0) }
            })
        document.groups = try groups.map { try self.groups($0) }
        document.approvals = try approvals.map(Self.approvals)
        document.verdict = try others["verdict"].map(Self.verdict)
        document.metrics = try others["metrics"]?.list().map(Self.metric)
        document.comparisons = try others["comparisons"]?.list().map(Self.comparison)
        document.datasets = try root.optional("datasets")?.list().map(Self.dataset)
        document.evaluations = try root.optional("evaluations")?.list().map(Self.dataset)
        document.cleanSource = try root.optional("cleanSource")?.truth()
        document.pinnedEnvironment = try root.optional("pinnedEnvironment")?.truth()
        document.images = try root.optional("images")?.words()
        document.formats = try root.optional("formats")?.list().map(Self.format)
        document.scan = try root.optional("scan").map(Self.scan)
        document.otherFiles = try root.optional("otherFiles")?.words()
        document.signedStatement = try root.optional("signedStatement")?.truth()
        try root.finish()
        do {
            try document.check()
        } catch let error as RegistryError {
            let place = error.details["place"]?.split(separator: ".").first.map(String.init)
            let value = place == "groups" ? groups : place == "approvals" ? approvals : place.flatMap { others[$0] }
            guard let value, let place else { throw RegistryError(.invalidPolicy, "\(name): \(error.message)") }
            throw value.error(
                error.message.hasPrefix(place + " ") ? String(error.message.dropFirst(place.count + 1)) : error.message)
        }
    }

    /// The policy with the ids of the principals in the place of their names.
    ///
    /// - Throws: `invalid-policy` with the line of a name that nobody has.
    package func resolved(_ ids: [String: String]) throws -> PolicyDocument {
        var policy = document
        policy.groups = try document.groups.map { groups in
            try groups.mapValues { members in
                try members.map { member in
                    guard !member.hasPrefix(PolicyDocument.groupPrefix) else { return member }
                    guard let id = ids[member.lowercased()] else {
                        let message =
                            "is \"\(member)\", who has no role in the namespace; `assay namespace members` lists who has"
                        throw places[member]?.error(message) ?? RegistryError(.invalidPolicy, "a group " + message)
                    }
                    return id
                }
            }
        }
        return policy
    }

    private mutating func groups(_ value: YAMLValue) throws -> [String: [String]] {
        var map = try value.mapping()
        var groups: [String: [String]] = [:]
        for (name, members) in map.all() {
            groups[name] = try members.list().map { member in
                let text = try member.text()
                places[text] = member
                return text
            }
        }
        return groups
    }
}
