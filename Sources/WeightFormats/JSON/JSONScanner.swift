/// Takes JSON (RFC 8259) apart into its smallest parts: brackets, texts, words and numbers.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private(set) var index = 0

    /// Starts at the first byte; the scanner may not outlive the bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next byte that is no white space; nil at the end.
    mutating func peek() -> UInt8? {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            index += 1
        }
        return nil
    }

    /// Moves behind a character if it comes next.
    mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// Moves behind a character; throws if another one comes next.
    mutating func expect(_ character: Unicode.Scalar) throws {
        guard accept(character) else { throw malformed("a \(character) is missing") }
    }

    /// A word or a number: everything up to the next bracket, comma, colon, quote or white space.
    mutating func word() -> UnsafeRawBufferPointer {
        _ = peek()
        let start = index
        while index < bytes.count, !Self.ends.contains(bytes[index]) { index += 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<index])
    }

    private static let ends = Set(" \n\r\t,:[]{}\"".utf8)

    /// A text, its escapes resolved.
    mutating func text() throws -> String {
        try expect("\"")
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] >= 0x20 else { throw malformed("a text has a control character") }
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count else { throw malformed("a text does not end") }
        defer { index += 1 }
        let body = bytes[start..<index]
        if !body.contains(UInt8(ascii: "\\")) {
            guard let text = String(validating: body, as: UTF8.self) else { throw malformed("a text is not UTF-8") }
            return text
        }
        return try Self.unescaped(bytes[start - 1...index])
    }

    /// An error with the place.
    func malformed(_ what: String) -> any Error {
        WeightFormatError.malformed("not valid JSON at byte \(index): \(what)")
    }
}
