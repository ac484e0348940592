/// Removes terminal escape sequences and control characters from a stream of text (ECMA-48, section 5).
struct PrintableText {
    private enum State {
        case text
        /// After ESC.
        case escape
        /// Inside `ESC [ …`, ended by a byte from `@` to `~`.
        case controlSequence
        /// Inside `ESC ] …` and its like, ended by BEL or `ESC \`.
        case controlString
        /// After ESC inside a control string.
        case controlStringEscape
    }

    /// A control string that never ends must not swallow the log: it is given up at a line end or after this length.
    private static let longestControlString = 4096

    private var state = State.text
    private var controlStringLength = 0
    private var lastWasCarriageReturn = false

    /// The printable part of the next piece of text.
    mutating func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let kept = keep(scalar) { result.append(kept) }
        }
        return String(result)
    }

    private mutating func keep(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch state {
        case .text: return keepText(scalar)
        case .escape: afterEscape(scalar)
        case .controlSequence:
            if scalar == "\n" || scalar == "\u{1B}" { return abandon(scalar) }
            if ("@"..."~").contains(scalar) { state = .text }
        case .controlString:
            controlStringLength += 1
            if scalar == "\n" || controlStringLength > Self.longestControlString { return abandon(scalar) }
            if scalar == "\u{07}" || scalar == "\u{9C}" { state = .text }
            if scalar == "\u{1B}" { state = .controlStringEscape }
        case .controlStringEscape:
            if scalar == "\\" { state = .text } else { return abandon(scalar) }
        }
        return nil
    }

    private mutating func abandon(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        state = .text
        return keepText(scalar)
    }

    private mutating func keepText(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        defer { lastWasCarriageReturn = scalar == "\r" }
        switch scalar.value {
        case 0x0A: return lastWasCarriageReturn ? nil : scalar
        case 0x0D: return "\n"
        case 0x09: return scalar
        case 0x1B: state = .escape
        case 0x9B: state = .controlSequence
        case 0x90, 0x98, 0x9D, 0x9E, 0x9F: beginControlString()
        case 0x00...0x1F, 0x7F...0x9F: break
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: break
        default: return scalar
        }
        return nil
    }

    private mutating func afterEscape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "[": state = .controlSequence
        case "]", "P", "X", "^", "_": beginControlString()
        case " "..."/", "\u{1B}": break
        default: state = .text
        }
    }

    private mutating func beginControlString() {
        state = .controlString
        controlStringLength = 0
    }
}
