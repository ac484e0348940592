import RegistryTypes

import struct Crypto.SHA256

/// A column of a table: numbers as long as every cell is one or empty, else texts.
struct CSVColumn {
    let name: String
    private var numbers: NumberList? = NumberList()
    private var empty: [Int] = []
    /// Over all cells, with their lengths.
    private var hash = SHA256()

    /// An empty column.
    init(_ name: String) {
        self.name = name
    }

    /// Adds a cell; white space around a number does not count.
    mutating func add(_ cell: [UInt8], row: Int) throws {
        withUnsafeBytes(of: UInt64(cell.count).littleEndian) { hash.update(bufferPointer: $0) }
        cell.withUnsafeBytes { hash.update(bufferPointer: $0) }
        guard numbers != nil else { return }
        if cell.isEmpty {
            empty.append(row)
        } else if let literal = try Self.trimmed(cell).withUnsafeBytes({ try NumberLiteral($0) }) {
            try numbers?.append(literal)
        } else {
            numbers = nil
            empty = []
        }
    }

    private static func trimmed(_ cell: [UInt8]) -> ArraySlice<UInt8> {
        let rest = cell.drop { $0 == 0x20 }
        return rest[..<((rest.lastIndex { $0 != 0x20 } ?? rest.startIndex - 1) + 1)]
    }

    /// Adds what was found.
    func finish(into builder: inout WeightFileBuilder) throws {
        if let numbers, numbers.count > 0 {
            try builder.add(name, numbers, shape: [numbers.count])
            guard !empty.isEmpty else { return }
            let rows = empty.map(String.init).joined(separator: " ")
            try builder.add(StructureItem(name, "empty in \(empty.count) rows: \(rows)"))
        } else {
            try builder.add(StructureItem(name, "sha256 \(Digest(hash.finalize()).hex)"))
        }
    }
}
