extension PickleMachine {
    /// Numbers, texts and bytes; nil for an instruction that leaves nothing.
    mutating func literal(_ opcode: PickleOpcode) throws -> Int32? {
        switch opcode {
        case .none: try graph.add(PickleNode(kind: .none))
        case .newTrue: try graph.add(PickleNode(kind: .yes))
        case .newFalse: try graph.add(PickleNode(kind: .no))
        case .int, .long, .binInt, .binInt1, .binInt2, .long1, .long4: try integer(opcode)
        case .float, .binFloat: try float(opcode)
        case .string: try escaped()
        case .unicode: try unicode()
        case .shortBinString, .shortBinUnicode: try slice(.text, Int(try number(UInt8.self)))
        case .binString, .binUnicode: try slice(.text, Int(try number(UInt32.self)))
        case .binUnicode8: try slice(.text, try length())
        case .shortBinBytes: try slice(.bytes, Int(try number(UInt8.self)))
        case .binBytes: try slice(.bytes, Int(try number(UInt32.self)))
        case .binBytes8, .byteArray8: try slice(.bytes, try length())
        default: try header(opcode)
        }
    }

    private mutating func header(_ opcode: PickleOpcode) throws -> Int32? {
        switch opcode {
        case .frame: _ = try number(UInt64.self)
        case .proto:
            let version = try number(UInt8.self)
            guard version <= 5 else {
                throw WeightFormatError.unsupported("pickle protocol \(version) is not read; 0 to 5 are")
            }
        default: throw malformed("has the unknown instruction \(opcode)")
        }
        return nil
    }

    private mutating func length() throws -> Int {
        guard let length = Int(exactly: try number(UInt64.self)) else { throw malformed("has a length above 2^63") }
        return length
    }

    private mutating func slice(_ kind: PickleNode.Kind, _ count: Int) throws -> Int32 {
        let range = try next(count)
        return try graph.add(PickleNode(kind: kind, first: range.lowerBound, second: count))
    }

    private mutating func integer(_ opcode: PickleOpcode) throws -> Int32 {
        switch opcode {
        case .binInt: return try integer(Int(Int32(bitPattern: try number(UInt32.self))))
        case .binInt1: return try integer(Int(try number(UInt8.self)))
        case .binInt2: return try integer(Int(try number(UInt16.self)))
        case .long1: return try long(Int(try number(UInt8.self)))
        case .long4: return try long(Int(try number(UInt32.self)))
        default: break
        }
        var text = String(decoding: try line(), as: UTF8.self)
        if opcode == .int, text == "00" || text == "01" {
            return try graph.add(PickleNode(kind: text == "01" ? .yes : .no))
        }
        if text.hasSuffix("L") { text.removeLast() }
        guard let value = Int(text) else {
            throw WeightFormatError.unsupported("the integer \(text.prefix(40)) of the pickle is not read")
        }
        return try integer(value)
    }

    private func integer(_ value: Int) throws -> Int32 { try graph.add(PickleNode(kind: .integer, first: value)) }

    /// Little-endian two's complement of any length.
    private mutating func long(_ count: Int) throws -> Int32 {
        guard count <= WeightLimits.pickleInteger else {
            throw WeightFormatError.unsupported("the pickle has an integer of \(count) bytes")
        }
        let start = cursor.offset
        var value: UInt64 = 0
        var last: UInt8 = 0
        for index in 0..<count {
            last = try number(UInt8.self)
            if index < 8 { value |= UInt64(last) << (8 * UInt64(index)) }
        }
        if count > 8 { return try graph.add(PickleNode(kind: .bigInteger, first: start, second: count)) }
        if count > 0, count < 8, last >= 0x80 { value |= UInt64.max << (8 * UInt64(count)) }
        return try integer(Int(truncatingIfNeeded: value))
    }

    private mutating func float(_ opcode: PickleOpcode) throws -> Int32 {
        let bits: UInt64
        if opcode == .binFloat {
            bits = UInt64(try number(UInt64.self)).byteSwapped
        } else {
            guard let value = Double(String(decoding: try line(), as: UTF8.self)) else {
                throw malformed("has a number that is none")
            }
            bits = value.bitPattern
        }
        return try graph.add(PickleNode(kind: .float, first: Int(truncatingIfNeeded: bits)))
    }

    /// A Python string literal in quotes (protocol 0).
    private mutating func escaped() throws -> Int32 {
        let line = try line()
        guard line.count >= 2, let quote = line.first, quote == 0x22 || quote == 0x27, line.last == quote else {
            throw malformed("has a string without quotes")
        }
        return try graph.add(.text, converted: try PickleEscapes.string(line.dropFirst().dropLast()))
    }

    /// Text with `\u` escapes, everything else Latin-1 (protocol 0).
    private mutating func unicode() throws -> Int32 {
        try graph.add(.text, converted: try PickleEscapes.unicode(try line()[...]))
    }
}
