/// Lines of a page: headings, and names with values in an aligned column.
struct PageText {
    private(set) var lines: [String] = []
    private let nameWidth: Int

    /// Starts a page whose values stand behind names of this width.
    init(nameWidth: Int = 12) { self.nameWidth = nameWidth }

    /// Adds a line as it is.
    mutating func add(_ line: String = "") { lines.append(line) }

    /// Adds a name and its value; nothing if there is none.
    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        let padding = String(repeating: " ", count: max(nameWidth - name.count, 1))
        let indent = String(repeating: " ", count: nameWidth)
        for (index, line) in value.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            lines.append(index == 0 ? name + padding + line : indent + line)
        }
    }

    /// Adds lines below a heading, with an empty line before; nothing without lines.
    mutating func section(_ heading: String, _ content: [String]) {
        guard !content.isEmpty else { return }
        lines.append("")
        lines.append(heading)
        lines += content.map { "  " + $0 }
    }

    /// All of it.
    var text: String { lines.joined(separator: "\n") }
}
