import Foundation

/// Every path below a folder with its kind, permissions and content, for comparing two folders.
struct FolderListing: Equatable, CustomStringConvertible {
    /// One line a path, sorted.
    let lines: [String]

    var description: String { lines.joined(separator: "\n") }

    init(_ folder: URL) throws {
        var lines: [String] = []
        try Self.list(folder.path, prefix: "", into: &lines)
        self.lines = lines.sorted()
    }

    private static func list(_ folder: String, prefix: String, into lines: inout [String]) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            // The repository itself, or the link file a second work tree has in its place.
            if prefix.isEmpty, name == ".git" { continue }
            let path = folder + "/" + name
            let relative = prefix + name
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let mode = String(attributes[.posixPermissions] as? Int ?? -1, radix: 8)
            switch attributes[.type] as? FileAttributeType {
            case .typeSymbolicLink:
                lines.append("\(relative) -> \(try FileManager.default.destinationOfSymbolicLink(atPath: path))")
            case .typeDirectory:
                lines.append("\(relative)/ \(mode)")
                try list(path, prefix: relative + "/", into: &lines)
            default:
                let content = try Data(contentsOf: URL(filePath: path))
                lines.append("\(relative) \(mode) \(content.base64EncodedString())")
            }
        }
    }
}
