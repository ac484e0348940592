/// The weight formats that Assay reads, and how one is chosen for a file.
package enum KnownWeightFormats {
    /// All of them; the conformance tests go through this list.
    package static let all: [any WeightFormat] = [
        SafetensorsFormat(), NpyFormat(), NpzFormat(),
        PyTorchFormat(), PickleFormat(), JoblibFormat(),
        ONNXFormat(), GGUFFormat(), HDF5Format(), KerasFormat(), JSONFormat(), UBJSONFormat(), CSVFormat(),
        TextFormat(),
        opaque,
    ]

    /// The format of everything else: bytes.
    package static let opaque: any WeightFormat = RawFormat()

    /// The format that a recipe names, or nil if there is none of that name.
    package static func named(_ name: String) -> (any WeightFormat)? {
        all.first { $0.name == name }
    }

    /// The format of a file of which a recipe says nothing: by its extension, else by its first bytes, else `raw`.
    ///
    /// The extension of a format with a description of its own decides alone. If the content is something else, reading
    /// it fails with an error that says so, which is better than a silent other meaning.
    package static func detect(fileName: String, file: MappedFile) -> any WeightFormat {
        let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count > 1, let last = parts.last?.lowercased(),
            let format = all.first(where: { $0.fileNameExtensions.contains(last) }), format.name != opaque.name
        {
            return format
        }
        let head = file.head(WeightLimits.headLength)
        return all.first { $0.recognises(head: head, fileLength: file.count) } ?? opaque
    }
}
