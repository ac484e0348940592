import RegistryTypes

/// The Python dictionary literal in an npy header, read without Python.
///
/// The grammar is only what `numpy.lib.format` writes: one dictionary with the keys `descr`, `fortran_order` and
/// `shape`, of which the values are a string, `True` or `False`, and a tuple of integers.
struct NpyHeaderLiteral {
    private(set) var descr = ""
    private(set) var fortranOrder = false
    private(set) var shape: [Int] = []

    private let bytes: [UInt8]
    private var index = 0

    /// Parses the text; white space may follow, and nothing else.
    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        var seen: Set<String> = []
        try expect("{")
        while !accept("}") {
            let key = try string()
            guard seen.insert(key).inserted else { throw malformed("has the key \(key) twice") }
            try expect(":")
            try value(of: key)
            if !accept(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard index == bytes.count else { throw malformed("goes on behind the dictionary") }
        guard seen.count == 3 else { throw malformed("has not all of descr, fortran_order and shape") }
    }

    private mutating func value(of key: String) throws {
        switch key {
        case "descr":
            skipSpace()
            guard peek != UInt8(ascii: "[") else {
                throw WeightFormatError.unsupported(
                    "the npy array has a structured dtype, which is not read; save each field as an array of its own")
            }
            descr = try string()
        case "fortran_order": fortranOrder = try truth()
        case "shape": shape = try tuple()
        default: throw malformed("has the unknown key \(key.prefix(40))")
        }
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard accept(character) else { throw malformed("lacks a \(character) at byte \(index)") }
    }

    private mutating func string() throws -> String {
        let double = accept("\"")
        if !double { try expect("'") }
        let quote = double ? UInt8(ascii: "\"") : UInt8(ascii: "'")
        let start = index
        while let byte = peek, byte != quote {
            guard byte != UInt8(ascii: "\\"), byte >= 0x20 else { throw malformed("has an escape in a string") }
            index += 1
        }
        guard peek == quote, let text = String(validating: bytes[start..<index], as: UTF8.self) else {
            throw malformed("has a string that does not end or is not UTF-8")
        }
        index += 1
        return text
    }

    private mutating func truth() throws -> Bool {
        skipSpace()
        for (word, value) in [("True", true), ("False", false)] where bytes[index...].starts(with: word.utf8) {
            index += word.utf8.count
            return value
        }
        throw malformed("has a fortran_order that is neither True nor False")
    }

    private mutating func tuple() throws -> [Int] {
        var numbers: [Int] = []
        try expect("(")
        while !accept(")") {
            numbers.append(try integer())
            guard numbers.count <= WeightLimits.dimensions else { throw malformed("has too many dimensions") }
            if !accept(",") {
                // (3) is a number in Python, only (3,) is a tuple.
                guard numbers.count > 1 else { throw malformed("has a shape that is not a tuple") }
                try expect(")")
                break
            }
        }
        return numbers
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let start = index
        while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
        guard let value = Int(String(decoding: bytes[start..<index], as: UTF8.self)) else {
            throw malformed("has a dimension that is not a number from 0 to 2^63 - 1")
        }
        return value
    }

    private func malformed(_ what: String) -> RegistryError {
        WeightFormatError.malformed("the npy header \(what)")
    }
}
