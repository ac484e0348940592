import Foundation

/// A strict JSON reader (RFC 8259 and I-JSON) for documents from outside: it refuses what the standard refuses,
/// and also duplicate keys, lone surrogates and nesting beyond a limit.
public struct JSONParser {
    /// What a reader accepts beyond strict JSON.
    public struct Options: Sendable {
        /// Accept the bare words NaN, Infinity and -Infinity, which Python's `json.dump` writes.
        public var nonfiniteWords: Bool
        /// How many arrays and objects may stand inside one another.
        public var maximumDepth: Int

        /// Strict JSON, 32 levels deep.
        public init(nonfiniteWords: Bool = false, maximumDepth: Int = 32) {
            self.nonfiniteWords = nonfiniteWords
            self.maximumDepth = maximumDepth
        }
    }

    private let bytes: [UInt8]
    private let options: Options
    private var index = 0

    /// Parses a whole document; anything behind the value but white space is an error.
    ///
    /// Throws `invalid-json` with the byte offset, `nonfinite-number` for a bare NaN or infinity.
    public static func parse(_ data: some Sequence<UInt8>, options: Options = Options()) throws -> JSONValue {
        var parser = JSONParser(bytes: Array(data), options: options)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.index == parser.bytes.count else { throw parser.error("something stands behind the value") }
        return value
    }

    private init(bytes: [UInt8], options: Options) {
        self.bytes = bytes
        self.options = options
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func error(_ what: String) -> RegistryError {
        RegistryError(.invalidJSON, "not valid JSON at byte \(index): \(what)")
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard let byte = next else { throw error("the document ends too early") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try nonfinite("NaN", .nan)
        case UInt8(ascii: "I"): return try nonfinite("Infinity", .infinity)
        case UInt8(ascii: "-") where bytes.dropFirst(index + 1).first == UInt8(ascii: "I"):
            return try nonfinite("-Infinity", -.infinity)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default: throw error("unexpected character")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let expected = text.withUTF8Buffer { Array($0) }
        guard bytes[index...].starts(with: expected) else { throw error("unexpected word") }
        index += expected.count
        return value
    }

    private mutating func nonfinite(_ text: StaticString, _ value: Double) throws -> JSONValue {
        let parsed = try word(text, .number(value))
        guard options.nonfiniteWords else {
            throw RegistryError(
                .nonfiniteNumber,
                "JSON has no \(text); send the metric with class \"nan\", \"+inf\" or \"-inf\" and no value")
        }
        return parsed
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            index += 1
            return .array(elements)
        }
        while true {
            skipSpace()
            elements.append(try value(depth: depth))
            if try closes(with: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        try enter(depth)
        var members: [String: JSONValue] = [:]
        skipSpace()
        if next == UInt8(ascii: "}") {
            index += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("a member's name is a string") }
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw error("a colon follows a member's name") }
            index += 1
            skipSpace()
            guard members.updateValue(try value(depth: depth), forKey: key) == nil else {
                throw error("the key \"\(key)\" stands twice")
            }
            if try closes(with: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func enter(_ depth: Int) throws {
        guard depth <= options.maximumDepth else {
            throw error("nested deeper than \(options.maximumDepth) levels")
        }
        index += 1
    }

    /// Reads the comma (false) or the closing bracket (true) behind an element.
    private mutating func closes(with bracket: UInt8) throws -> Bool {
        skipSpace()
        guard let byte = next, byte == bracket || byte == UInt8(ascii: ",") else {
            throw error("a comma or a closing bracket is missing")
        }
        index += 1
        return byte == bracket
    }

    private mutating func number() throws -> JSONValue {
        let start = index
        if next == UInt8(ascii: "-") { index += 1 }
        let whole = skipDigits()
        guard whole > 0 else { throw error("a digit is missing") }
        guard whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else { throw error("leading zero") }
        if next == UInt8(ascii: ".") {
            index += 1
            guard skipDigits() > 0 else { throw error("a digit is missing behind the point") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            guard skipDigits() > 0 else { throw error("a digit is missing in the exponent") }
        }
        guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)), value.isFinite else {
            throw error("the number is too large for a double")
        }
        return .number(value)
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        return index - start
    }

    private mutating func string() throws -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw error("not valid UTF-8") }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error("an unescaped control character in a string")
            default: text.append(byte)
            }
        }
        throw error("a string does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard let byte = next else { throw error("a string does not end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
        default: throw error("unknown escape")
        }
    }

    private mutating func scalar() throws -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), bytes[index...].starts(with: #"\u"#.utf8) else {
            throw error("a lone surrogate")
        }
        index += 2
        let trail = try codeUnit()
        guard UTF16.isTrailSurrogate(trail) else { throw error("a lone surrogate") }
        let code = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00)
        guard let scalar = Unicode.Scalar(code) else { throw error("a lone surrogate") }
        return scalar
    }

    private mutating func codeUnit() throws -> UInt16 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error("\\u needs four hex digits") }
        index += 4
        return unit
    }
}
