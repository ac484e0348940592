package import RegistryTypes

/// Models in the GGUF format of llama.cpp, versions 2 and 3, little-endian.
///
/// Source: `docs/gguf.md` of ggml-org/ggml. Tensors have their own names and NumPy's order of dimensions, the slowest
/// first. Blocks of quantised numbers are bytes: the last dimension counts bytes, and what they are is an item, so they
/// are equal or not and nothing between. Key-value pairs are items, but for those that only describe the file
/// (`GGUFValues.describes`).
package struct GGUFFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "gguf" }

    package var fileNameExtensions: [String] { ["gguf"] }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        head.starts(with: "GGUF".utf8)
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        var cursor = ByteCursor(try file.bytes(0..<file.count))
        guard file.count >= 24, try cursor.next(4).elementsEqual("GGUF".utf8) else {
            throw notOne("it does not begin with GGUF")
        }
        let version = try cursor.next(UInt32.self)
        guard version == 2 || version == 3 else {
            let isSwapped = version.byteSwapped == 2 || version.byteSwapped == 3
            throw WeightFormatError.unsupported(
                isSwapped
                    ? "the GGUF file is big-endian, which is not read; convert it"
                    : "GGUF version \(version) is not read; 2 and 3 are")
        }
        let tensorCount = try cursor.next(UInt64.self)
        let valueCount = try cursor.next(UInt64.self)
        guard tensorCount <= UInt64(WeightLimits.tensors), valueCount <= UInt64(WeightLimits.structureItems) else {
            throw WeightFormatError.unsupported(
                "the GGUF file declares \(tensorCount) tensors and \(valueCount) values; at most "
                    + "\(WeightLimits.tensors) and \(WeightLimits.structureItems) are read")
        }
        var builder = WeightFileBuilder()
        var values = GGUFValues()
        for _ in 0..<valueCount { try values.read(&cursor, into: &builder) }
        let infos = try (0..<tensorCount).map { _ in try GGUFTensorInfo(&cursor) }
        let data = try values.aligned(cursor.offset, in: file.count)..<file.count
        file.release(0..<data.lowerBound)
        try Self.add(infos, at: data, of: file, alignment: values.alignment, to: &builder)
        return try builder.finish(format: name)
    }

    /// Adds the tensors, whose data must lie one behind the other with nothing between but padding.
    private static func add(
        _ infos: [GGUFTensorInfo], at data: Range<Int>, of file: MappedFile, alignment: Int,
        to builder: inout WeightFileBuilder
    ) throws {
        var end = 0
        for info in infos.sorted(by: { ($0.offset, $0.size.byteCount) < ($1.offset, $1.size.byteCount) }) {
            guard info.offset >= end, info.offset - end < alignment, info.offset % alignment == 0 else {
                throw WeightFormatError.malformed(
                    "the data of the tensor \(info.name.prefix(80)) overlaps the one before it, leaves a hole, or is not "
                        + "aligned to \(alignment) bytes")
            }
            guard info.size.byteCount <= data.count - info.offset else {
                throw WeightFormatError.malformed(
                    "the tensor \(info.name.prefix(80)) ends behind the file, which may be cut off")
            }
            let start = data.lowerBound + info.offset
            end = info.offset + info.size.byteCount
            let slice = try MappedSlice(file, start..<data.lowerBound + end)
            try builder.add(
                Tensor(name: info.name, size: info.size, storage: TensorStorage(source: .mapped(slice))))
            if let block = info.block { try builder.add(StructureItem(info.name, block)) }
        }
        guard data.count - end < alignment else {
            throw WeightFormatError.malformed("\(data.count - end) bytes stand behind the last tensor")
        }
    }
}
