import RegistryTypes

import struct Crypto.SHA256

/// One thing in a file of weights that is no tensor and yet makes the model what it is: an operator of a graph, a
/// setting, a vocabulary.
///
/// Items are compared by name and value, exactly; there is no tolerance. What only describes a file, such as the version
/// of the program that wrote it, is no item. Files whose items differ have `diverged`, however equal their tensors are.
package struct StructureItem: Sendable, Hashable {
    /// Where it stands in the file, by the naming rules of its format.
    package let name: String
    /// The value, short enough to be evidence: what is longer than 120 bytes is cut and carries its SHA-256.
    package let value: String

    /// Names a value; two values of one name are equal only if all their bytes are.
    init(_ name: String, _ value: String) {
        self.name = name
        var value = value
        self.value =
            value.utf8.count <= Self.longest ? value : value.withUTF8 { Self.shortened(UnsafeRawBufferPointer($0)) }
    }

    /// Names a value of any bytes by their number and SHA-256.
    ///
    /// What kind of bytes they are stands in front.
    init(_ name: String, bytes: UnsafeRawBufferPointer, as kind: String? = nil) {
        self.name = name
        value = "\(kind.map { "\($0), " } ?? "")\(bytes.count) bytes, \(Self.digest(bytes))"
    }

    private static let longest = 120

    private static func shortened(_ bytes: UnsafeRawBufferPointer) -> String {
        "\(String(decoding: bytes.prefix(40), as: UTF8.self))… (\(bytes.count) bytes, \(Self.digest(bytes)))"
    }

    private static func digest(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return "sha256 " + Digest(hash.finalize()).hex
    }

    /// The memory that the item takes, roughly.
    var cost: Int { name.utf8.count + value.utf8.count + 64 }
}
