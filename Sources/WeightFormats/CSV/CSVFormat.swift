package import RegistryTypes

/// Tables in text: values separated by commas, or by tabs in `.tsv` (RFC 4180).
///
/// The first row names the columns unless it holds a number, in which case they are `column_0`, `column_1`, …. A column
/// of numbers is one tensor, `I64` if all are integers, else `F64`; its empty cells are left out and told by an item. A
/// column with any text is an item. Ends of lines and needless quotes do not count.
package struct CSVFormat: WeightFormat {
    /// Makes the reader.
    package init() {}

    package var name: String { "csv" }

    package var fileNameExtensions: [String] { ["csv", "tsv"] }

    package var isGeneral: Bool { true }

    package func recognises(head: [UInt8], fileLength: Int) -> Bool { false }

    package func open(_ file: MappedFile, layout: RawLayout?) throws -> WeightFile {
        guard file.count <= WeightLimits.text else {
            throw WeightFormatError.unsupported(
                "the file has \(file.count) bytes; of csv at most \(WeightLimits.text >> 20) MiB are read")
        }
        var rows = try CSVRows(try file.bytes(0..<file.count))
        var builder = WeightFileBuilder()
        var columns: [CSVColumn] = []
        var count = 0
        while let row = try rows.next() {
            if columns.isEmpty {
                let isHeader = try row.allSatisfy { try $0.withUnsafeBytes { try NumberLiteral($0) } == nil }
                columns = row.enumerated().map { index, cell in
                    CSVColumn(isHeader ? String(decoding: cell, as: UTF8.self) : "column_\(index)")
                }
                if isHeader { continue }
            }
            guard row.count == columns.count else {
                throw WeightFormatError.malformed(
                    "row \(count + 1) of the table has \(row.count) cells, the first row \(columns.count)")
            }
            for (index, cell) in row.enumerated() { try columns[index].add(cell, row: count) }
            count += 1
        }
        let names = columns.map(\.name.debugDescription).joined(separator: " ")
        try builder.add(StructureItem("table", "\(count) rows of \(names)"))
        for column in columns { try column.finish(into: &builder) }
        return try builder.finish(format: name)
    }
}
