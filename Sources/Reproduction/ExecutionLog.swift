/// Turns the raw output of a command into printable text, cut at a limit.
///
/// Terminal escape sequences, control characters and characters that reorder text are removed, because logs are shown
/// in terminals and pages. Line ends become `\n`; bytes that are not UTF-8 become U+FFFD.
package struct ExecutionLog {
    private var filter = PrintableText()
    private var pending: [UInt8] = []
    private let limit: Int

    /// Bytes of text given out so far, the truncation mark included.
    package private(set) var byteCount = 0
    /// True once text was dropped because of the limit.
    package private(set) var isTruncated = false

    /// Creates a log that gives out `limit` bytes of text and then a mark.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next bytes of output and returns the text to pass on, or nil if there is none.
    package mutating func accept(_ bytes: [UInt8]) -> String? {
        guard !isTruncated else { return nil }
        pending += bytes
        let incomplete = Self.incompleteSuffix(of: pending)
        let complete = pending.dropLast(incomplete)
        pending = Array(pending.suffix(incomplete))
        return emit(filter.printable(String(decoding: complete, as: UTF8.self)))
    }

    /// Returns what is left when the output has ended, or nil if nothing is.
    package mutating func finish() -> String? {
        guard !isTruncated, !pending.isEmpty else { return nil }
        defer { pending = [] }
        return emit(filter.printable(String(decoding: pending, as: UTF8.self)))
    }

    private mutating func emit(_ text: String) -> String? {
        guard !text.isEmpty else { return nil }
        guard byteCount + text.utf8.count > limit else {
            byteCount += text.utf8.count
            return text
        }
        isTruncated = true
        pending = []
        let kept = String(Self.prefix(of: text, bytes: limit - byteCount))
        let cut = kept + "\n[log cut here: the command printed more than \(limit) bytes]\n"
        byteCount += cut.utf8.count
        return cut
    }

    private static func prefix(of text: String, bytes: Int) -> Substring {
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return text[..<end]
    }

    /// How many bytes at the end begin a character that is not complete yet, 0 to 3.
    private static func incompleteSuffix(of bytes: [UInt8]) -> Int {
        for (index, byte) in bytes.reversed().prefix(3).enumerated() {
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            if byte & 0xC0 == 0x80 { continue }
            return length > index + 1 ? index + 1 : 0
        }
        return 0
    }
}
