package import RegistryTypes

/// Models in the format of Keras 3: a zip archive of `config.json`, `metadata.json` and `model.weights.h5`.
///
/// Tensors are those of `model.weights.h5`; the layers in `config.json` are items. `metadata.json` says when and with
/// which version the file was written and does not count.
package struct KerasFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "keras" }

    package var fileNameExtensions: [String] { ["keras"] }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool { false }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        let entries = try ZipDirectory(file).entries
        var weights: ZipEntry?
        var config: ZipEntry?
        for entry in entries {
            switch entry.name {
            case "model.weights.h5": weights = entry
            case "config.json": config = entry
            case "metadata.json": break
            default:
                throw WeightFormatError.unsupported(
                    "the Keras model holds \(entry.name.prefix(80)), which is not read: assets or sharded weights")
            }
        }
        guard let weights, let config else {
            throw WeightFormatError.malformed("this is not a Keras model: config.json or model.weights.h5 is missing")
        }
        var walk = HDF5Walk(try Self.unpacked(weights, most: WeightLimits.converted))
        try walk.run()
        let json = try Self.unpacked(config, most: WeightLimits.text)
        guard let text = String(validating: try json.bytes(0..<json.count), as: UTF8.self) else {
            throw WeightFormatError.malformed("config.json is not UTF-8")
        }
        try KerasSettings.add(text, "config.json", to: &walk.builder)
        return try walk.builder.finish(format: name)
    }

    /// An entry as it lies in the file, or unpacked into memory.
    private static func unpacked(_ entry: ZipEntry, most: Int) throws -> MappedSlice {
        if entry.method == .stored { return entry.packed }
        guard entry.unpackedSize <= most else {
            throw WeightFormatError.unsupported(
                "\(entry.name) is compressed and has \(entry.unpackedSize) bytes; at most \(most) are unpacked")
        }
        let file = try MappedFile(allocating: entry.unpackedSize) { buffer in
            let inflater = try Inflater(entry)
            try inflater.fill(buffer)
            try inflater.finish()
        }
        return try MappedSlice(file, 0..<file.count)
    }
}
