/// The rows of a table in text, cell by cell.
struct CSVRows {
    private let bytes: UnsafeRawBufferPointer
    private let separator: UInt8
    private var index = 0

    /// Checks that the bytes are text. A tab before the first comma and the first end of a line makes it the separator.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw WeightFormatError.unsupported("the file is no text in UTF-8, so it cannot be read as csv")
        }
        self.bytes = bytes
        separator = bytes.first { $0 == 0x09 || $0 == 0x2C || $0 == 0x0A } == 0x09 ? 0x09 : 0x2C
        // The mark that some programs write in front of UTF-8.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// The cells of the next row; nil at the end. Empty lines are no rows.
    mutating func next() throws -> [[UInt8]]? {
        while index < bytes.count, bytes[index] == 0x0A || bytes[index] == 0x0D { index += 1 }
        guard index < bytes.count else { return nil }
        var cells: [[UInt8]] = []
        while true {
            cells.append(try cell())
            guard cells.count <= WeightLimits.columns else {
                throw WeightFormatError.unsupported("the table has more than \(WeightLimits.columns) columns")
            }
            guard index < bytes.count, bytes[index] == separator else { break }
            index += 1
        }
        return cells
    }

    private mutating func cell() throws -> [UInt8] {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            let start = index
            while index < bytes.count, !isEnd(bytes[index]) { index += 1 }
            return Array(bytes[start..<index])
        }
        var cell: [UInt8] = []
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte != UInt8(ascii: "\"") {
                cell.append(byte)
            } else if index < bytes.count, bytes[index] == byte {
                cell.append(byte)
                index += 1
            } else {
                guard index == bytes.count || isEnd(bytes[index]) else { break }
                return cell
            }
        }
        throw WeightFormatError.malformed("a cell in quotes does not end before byte \(index)")
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0A || byte == 0x0D }
}
