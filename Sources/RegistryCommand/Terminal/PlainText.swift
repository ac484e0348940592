/// Makes text from elsewhere safe to print: names, comments and logs may hold terminal escapes.
package enum PlainText {
    /// The text without control characters, line ends and tabs excepted; our own colours stay where some are shown.
    package static func clean(_ text: String, keepingStyles keepsStyles: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var kept = String.UnicodeScalarView()
        var rest = Substring(text)
        while let scalar = rest.unicodeScalars.first {
            if keepsStyles, let style = TerminalStyle.allCases.first(where: { rest.hasPrefix($0.sequence) }) {
                kept.append(contentsOf: style.sequence.unicodeScalars)
                rest = rest.dropFirst(style.sequence.count)
            } else {
                if !isControl(scalar) { kept.append(scalar) }
                rest.unicodeScalars.removeFirst()
            }
        }
        return String(kept)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
