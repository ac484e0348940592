import APIContract
import RegistryTypes
import Testing
import Yams

/// A schema of `openapi/openapi.yaml`, as far as it says which members a document may have.
struct ContractSchema {
    private let node: [String: Any]
    private let all: [String: [String: Any]]

    private init(_ node: [String: Any], _ all: [String: [String: Any]]) {
        let name = (node["$ref"] as? String)?.split(separator: "/").last
        self.node = name.flatMap { all[String($0)] } ?? node
        self.all = all
    }

    /// The schemas of the contract by name.
    static func all() throws -> [String: ContractSchema] {
        let document = try #require(try Yams.load(yaml: APIContract.document) as? [String: Any])
        let components = try #require(document["components"] as? [String: Any])
        let all = try #require(components["schemas"] as? [String: [String: Any]])
        return all.mapValues { ContractSchema($0, all) }
    }

    private var properties: [String: [String: Any]]? { node["properties"] as? [String: [String: Any]] }

    /// The members that an object may have; nil where it may have any.
    var members: Set<String>? { properties.map { Set($0.keys) } }

    /// `string`, `object`, … where the contract allows one alone.
    var type: String? { node["type"] as? String }

    private func member(_ name: String) -> ContractSchema? { properties?[name].map { ContractSchema($0, all) } }

    private var element: ContractSchema? { (node["items"] as? [String: Any]).map { ContractSchema($0, all) } }

    /// The document with one value of it, at a time, replaced by each of those that `change` gives for it.
    static func changing(
        _ value: JSONValue, _ schema: ContractSchema?, at path: String = "",
        _ change: (JSONValue, ContractSchema?) -> [JSONValue]
    ) -> [(path: String, document: JSONValue)] {
        var changed = change(value, schema).map { (path, $0) }
        switch value {
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                changed += changing(member, schema?.member(name), at: "\(path).\(name)", change).map { path, new in
                    (path, .object(members.merging([name: new]) { $1 }))
                }
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                changed += changing(element, schema?.element, at: "\(path)[\(index)]", change).map { path, new in
                    var other = elements
                    other[index] = new
                    return (path, .array(other))
                }
            }
        default: break
        }
        return changed
    }
}
