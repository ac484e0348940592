package import RegistryTypes

/// Universal Binary JSON, in which XGBoost saves its models.
///
/// Source: the specification at ubjson.org, draft 12. Values are named as in JSON. Arrays that declare one type of
/// numbers are tensors of that type and stay in the file; all other numbers are `I64` or `F64` as in JSON, for a writer
/// chooses the shortest type that holds an integer. What else is in the file is compared as in JSON.
package struct UBJSONFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "ubjson" }

    package var fileNameExtensions: [String] { ["ubj"] }

    /// An object whose first key has a length of 64 bits and less than 256, as XGBoost writes it.
    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        head.starts(with: "{L".utf8 + [0, 0, 0, 0, 0, 0, 0]) && head.count > 9
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        var walk = UBJSONWalk(file, try file.bytes(0..<file.count))
        try walk.document()
        return try walk.builder.finish(format: name)
    }
}
