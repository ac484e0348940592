package import RegistryTypes

/// JSON, such as the models that XGBoost saves or parameters that a script writes.
///
/// Numbers are tensors, called by their JSON Pointer (RFC 6901) without the first slash: `model/trees/0/base_weights`.
/// An array of numbers, or of arrays of numbers of one length, is one tensor: `I64` if all are integers, else `F64`.
/// Texts, truth values, nulls, and the lengths of other arrays are items. The order of keys and the layout of the text
/// do not count. Python's bare words NaN and Infinity are numbers.
package struct JSONFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "json" }

    package var fileNameExtensions: [String] { ["json"] }

    package var isGeneral: Bool { true }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool { false }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        guard file.count <= WeightLimits.text else {
            throw WeightFormatError.unsupported(
                "the file has \(file.count) bytes; of json at most \(WeightLimits.text >> 20) MiB are read")
        }
        var walk = JSONWalk(try file.bytes(0..<file.count))
        var builder = WeightFileBuilder()
        try walk.document(into: &builder)
        return try builder.finish(format: name)
    }
}
