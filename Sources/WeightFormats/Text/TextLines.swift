/// The lines of a text in UTF-8, without their ends: `\n` or `\r\n`.
struct TextLines: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    /// Checks that the bytes are text; they must live as long as the lines are used.
    init(_ file: MappedFile, format: String) throws {
        guard file.count <= WeightLimits.text else {
            throw WeightFormatError.unsupported(
                "the file has \(file.count) bytes; of \(format) at most \(WeightLimits.text >> 20) MiB are read")
        }
        bytes = try file.bytes(0..<file.count)
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw WeightFormatError.unsupported("the file is no text in UTF-8, so it cannot be read as \(format)")
        }
    }

    mutating func next() -> UnsafeRawBufferPointer? {
        guard index < bytes.count else { return nil }
        let rest = bytes[index...]
        let end = rest.firstIndex(of: 0x0A) ?? bytes.count
        var line = bytes[index..<end]
        if line.last == 0x0D { line.removeLast() }
        index = end + 1
        return UnsafeRawBufferPointer(rebasing: line)
    }
}
