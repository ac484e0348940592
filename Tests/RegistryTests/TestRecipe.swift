import Foundation
import RegistryTypes

/// A version that was trained by a recipe: one file of source, one weights file, one metrics file.
struct TestRecipe {
    /// The bundle of a commit with one file.
    static func bundle() -> (bytes: Data, commit: String) {
        func object(_ type: GitObjectType, _ content: Data) -> (GitObjectID, Data) {
            let object = Data(type.header(size: content.count)) + content
            var hasher = GitObjectHasher(.sha1)
            object.withUnsafeBytes { hasher.update($0) }
            return (hasher.finish(), object)
        }
        let (file, fileBytes) = object(.blob, Data("print('training')\n".utf8))
        let (tree, treeBytes) = object(.tree, Data("100644 train.py\0".utf8) + Data(Hex.decode(file.hex) ?? []))
        let who = "A <a@example.org> 1700000000 +0000"
        let text = "tree \(tree.hex)\nauthor \(who)\ncommitter \(who)\n\nfirst\n"
        let (commit, commitBytes) = object(.commit, Data(text.utf8))
        return (commitBytes + treeBytes + fileBytes, commit.hex)
    }

    /// A safetensors file with one tensor `w` of doubles.
    static func safetensors(_ values: [Double], metadata: String = "") -> Data {
        var data = Data()
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        let extra = metadata.isEmpty ? "" : "\"__metadata__\":{\"note\":\"\(metadata)\"},"
        var header = Data(
            "{\(extra)\"w\":{\"dtype\":\"F64\",\"shape\":[\(values.count)],\"data_offsets\":[0,\(data.count)]}}".utf8)
        while header.count % 8 != 0 { header.append(0x20) }
        var file = Data()
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
        return file + header + data
    }
}
