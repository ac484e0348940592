/// Rows of words in aligned columns.
package struct TextTable {
    private var rows: [[String]]

    /// Starts a table with the names of its columns.
    package init(_ header: [String]) { rows = [header] }

    /// Adds a row.
    package mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines, without spaces at their ends.
    package var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column + 1 < row.count { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
