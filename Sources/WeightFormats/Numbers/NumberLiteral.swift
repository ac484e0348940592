/// A number as people and programs write it in text.
enum NumberLiteral {
    /// Digits with an optional sign, and nothing else.
    case integer(Int64)
    /// Anything with a point, an exponent, or the words for NaN and infinity.
    case float(Double)

    /// Reads a whole text as a number; nil if it is none.
    ///
    /// Throws `unsupported` for integers beyond 64 bits and for values beyond a double: neither may be rounded unseen.
    init?(_ text: UnsafeRawBufferPointer) throws {
        guard let first = text.first else { return nil }
        let signed = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let body = UnsafeRawBufferPointer(rebasing: text[(signed ? 1 : 0)...])
        switch Self.shape(of: body) {
        case .none:
            guard let word = Self.word(body) else { return nil }
            self = .float(first == UInt8(ascii: "-") ? -word : word)
        case .integer:
            guard let value = Int64(String(decoding: text, as: UTF8.self)) else { throw Self.beyond(text, "64 bits") }
            self = .integer(value)
        case .float:
            guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
                throw Self.beyond(text, "a double")
            }
            self = .float(value)
        }
    }

    private enum Shape { case none, integer, float }

    /// Digits, an optional fraction, an optional exponent; at least one digit before the exponent.
    private static func shape(of text: UnsafeRawBufferPointer) -> Shape {
        var index = 0
        func digits() -> Int {
            let start = index
            while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
            return index - start
        }
        var mantissa = digits()
        guard index < text.count else { return mantissa > 0 ? .integer : .none }
        if text[index] == UInt8(ascii: ".") {
            index += 1
            mantissa += digits()
        }
        guard mantissa > 0 else { return .none }
        guard index < text.count else { return .float }
        guard text[index] | 0x20 == UInt8(ascii: "e") else { return .none }
        index += 1
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") { index += 1 }
        return digits() > 0 && index == text.count ? .float : .none
    }

    private static func word(_ text: UnsafeRawBufferPointer) -> Double? {
        guard (3...8).contains(text.count) else { return nil }
        return switch String(decoding: text, as: UTF8.self).lowercased() {
        case "nan": .nan
        case "inf", "infinity": .infinity
        default: nil
        }
    }

    private static func beyond(_ text: UnsafeRawBufferPointer, _ what: String) -> any Error {
        let shown = String(decoding: text.prefix(40), as: UTF8.self)
        return WeightFormatError.unsupported(
            "the number \(shown) does not fit into \(what); save such numbers in quotes, or smaller ones")
    }
}
