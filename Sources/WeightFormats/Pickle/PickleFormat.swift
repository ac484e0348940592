package import RegistryTypes

/// Files of Python's `pickle`, protocols 0 to 5, followed without Python and without calling anything.
///
/// Many are written by `joblib.dump` in truth; what that adds is read too.
package struct PickleFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "pickle" }

    package var fileNameExtensions: [String] { ["pkl", "pickle"] }

    /// From protocol 2 on a pickle begins with its protocol.
    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        head.count > 2 && head[0] == PickleOpcode.proto.rawValue && (2...5).contains(head[1])
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        try PickleFile.open(file, format: name)
    }
}
