import Foundation
import RegistryTypes

/// Bundles git itself would never write, for the refusals.
struct HandmadeBundle {
    /// One entry of a handmade tree.
    struct Entry {
        var mode = "100644"
        var name: [UInt8]
        var id: GitObjectID
    }

    /// The objects from the last to the first: children are added before the trees that name them.
    private var objects: [Data] = []

    /// Adds an object and returns its name.
    mutating func add(_ type: GitObjectType, _ content: Data) -> GitObjectID {
        let object = Data(type.header(size: content.count)) + content
        if !objects.contains(object) { objects.append(object) }
        var hasher = GitObjectHasher(.sha1)
        object.withUnsafeBytes { hasher.update($0) }
        return hasher.finish()
    }

    mutating func add(_ text: String) -> GitObjectID { add(.blob, Data(text.utf8)) }

    mutating func add(tree entries: [Entry]) -> GitObjectID {
        var content = Data()
        for entry in entries {
            content += Data("\(entry.mode) ".utf8) + entry.name + [0]
            let digits = Array(entry.id.hex)
            for index in stride(from: 0, to: digits.count, by: 2) {
                content.append(UInt8(String(digits[index...index + 1]), radix: 16) ?? 0)
            }
        }
        return add(.tree, content)
    }

    /// Adds the commit and returns it with the whole bundle.
    mutating func finish(_ tree: GitObjectID, dates: String = "1700000000 +0000") -> (Data, GitObjectID) {
        let text = """
            tree \(tree.hex)
            author A <a@example.org> \(dates)
            committer A <a@example.org> \(dates)

            handmade
            """
        let commit = add(.commit, Data(text.utf8))
        return (objects.reversed().reduce(Data(), +), commit)
    }

    /// A bundle whose root tree holds the given names, all for the same small file.
    static func names(_ names: [String], mode: String = "100644") -> (Data, GitObjectID) {
        var bundle = HandmadeBundle()
        let blob = bundle.add("x")
        let tree = bundle.add(tree: names.map { Entry(mode: mode, name: Array($0.utf8), id: blob) })
        return bundle.finish(tree)
    }
}
