/// How a word stands out on a terminal.
package enum TerminalStyle: String, CaseIterable, Sendable {
    case plain = "0"
    case strong = "1"
    case bad = "31"
    case good = "32"
    case doubtful = "33"

    /// The ANSI sequence (ECMA-48, SGR) that turns the style on; `plain` turns all off.
    package var sequence: String { "\u{1B}[\(rawValue)m" }
}
