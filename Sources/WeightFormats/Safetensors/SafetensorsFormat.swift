package import RegistryTypes

/// Files of the safetensors format: a length, a JSON header, and the elements of all tensors one after the other.
///
/// Source: the format description in the README of huggingface/safetensors.
package struct SafetensorsFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "safetensors" }

    package var fileNameExtensions: [String] { ["safetensors"] }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool {
        guard head.count > 8, head[8] == UInt8(ascii: "{") else { return false }
        let length = head[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return length >= 2 && length <= UInt64(min(fileLength - 8, WeightLimits.safetensorsHeader))
    }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        guard file.count >= 8 else { throw notOne("it has \(file.count) bytes, the header alone has more") }
        var cursor = ByteCursor(try file.bytes(0..<8))
        let length = try cursor.next(UInt64.self)
        guard length <= UInt64(WeightLimits.safetensorsHeader) else {
            throw notOne("its header would have \(length) bytes; at most \(WeightLimits.safetensorsHeader) are read")
        }
        guard Int(length) <= file.count - 8 else {
            throw notOne("its header has \(length) bytes, the file only \(file.count); it may be cut off")
        }
        let data = 8 + Int(length)..<file.count
        let header = try SafetensorsHeader(try file.bytes(8..<data.lowerBound), dataLength: data.count)
        file.release(0..<data.lowerBound)
        let tensors = try header.entries.map { entry in
            let range = data.lowerBound + entry.range.lowerBound..<data.lowerBound + entry.range.upperBound
            return try Tensor(
                name: entry.name, size: entry.size,
                storage: TensorStorage(source: .mapped(try MappedSlice(file, range))))
        }
        return try WeightFile(format: name, tensors: tensors)
    }
}
