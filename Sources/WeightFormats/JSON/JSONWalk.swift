import RegistryTypes

/// Goes through a JSON document and collects its numbers as tensors and everything else as items.
struct JSONWalk {
    private var scanner: JSONScanner

    /// Starts at the first byte.
    init(_ bytes: UnsafeRawBufferPointer) {
        scanner = JSONScanner(bytes)
    }

    /// Numbers that may still become part of a larger tensor.
    private struct Numbers {
        var list = NumberList()
        var shape: [Int] = []
    }

    /// Reads the whole document.
    mutating func document(into builder: inout WeightFileBuilder) throws {
        let numbers = try value(path: "", depth: 0, &builder)
        try numbers.map { try builder.add(Tensor.unnamed, $0.list, shape: $0.shape) }
        guard scanner.peek() == nil else { throw scanner.malformed("something stands behind the value") }
    }

    /// Reads a value. One that consists of numbers is returned, for the caller to name; others are added.
    private mutating func value(
        path: String, depth: Int, _ builder: inout WeightFileBuilder
    ) throws -> Numbers? {
        guard depth <= WeightLimits.jsonDepth else {
            throw WeightFormatError.unsupported("the JSON is nested deeper than \(WeightLimits.jsonDepth) levels")
        }
        switch scanner.peek() {
        case UInt8(ascii: "{"): try object(path, depth, &builder)
        case UInt8(ascii: "["): return try array(path, depth, &builder)
        case UInt8(ascii: "\""): try builder.add(StructureItem(path, try scanner.text().debugDescription))
        default: return try word(path, &builder)
        }
        return nil
    }

    private mutating func word(_ path: String, _ builder: inout WeightFileBuilder) throws -> Numbers? {
        let word = scanner.word()
        let text = String(decoding: word.prefix(9), as: UTF8.self)
        if ["true", "false", "null"].contains(text) {
            try builder.add(StructureItem(path, text))
            return nil
        }
        var numbers = Numbers()
        try numbers.list.append(try number(word))
        return numbers
    }

    /// Understands a number, which JSON writes more strictly than others do.
    private func number(_ word: UnsafeRawBufferPointer) throws -> NumberLiteral {
        let isNegative = word.first == UInt8(ascii: "-")
        let digits = UnsafeRawBufferPointer(rebasing: word[(isNegative ? 1 : 0)...])
        let isWord = digits.elementsEqual("Infinity".utf8) || word.elementsEqual("NaN".utf8)
        guard isWord || Self.isStrict(digits), let literal = try NumberLiteral(word) else {
            throw scanner.malformed("\(String(decoding: word.prefix(20), as: UTF8.self).debugDescription) is no value")
        }
        // An integer has no sign of zero.
        if isNegative, case .integer(0) = literal { return .float(-0.0) }
        return literal
    }

    /// Whether a digit comes first, no other behind a leading zero, and one behind a point.
    private static func isStrict(_ text: UnsafeRawBufferPointer) -> Bool {
        func isDigit(_ index: Int) -> Bool { index < text.count && (0x30...0x39).contains(text[index]) }
        guard isDigit(0), text[0] != 0x30 || !isDigit(1) else { return false }
        return text.firstIndex(of: UInt8(ascii: ".")).map { isDigit($0 + 1) } ?? true
    }

    private mutating func object(_ path: String, _ depth: Int, _ builder: inout WeightFileBuilder) throws {
        try scanner.expect("{")
        if scanner.accept("}") { return try builder.add(StructureItem(path, "{}")) }
        var keys: Set<[UInt8]> = []
        repeat {
            guard scanner.peek() == UInt8(ascii: "\"") else { throw scanner.malformed("a member needs a name") }
            let key = try scanner.text()
            guard keys.insert(Array(key.utf8)).inserted else {
                throw scanner.malformed("the key \(key.prefix(80)) stands twice")
            }
            try scanner.expect(":")
            let name = Self.path(path, key, depth)
            try value(path: name, depth: depth + 1, &builder).map { try builder.add(name, $0.list, shape: $0.shape) }
        } while scanner.accept(",")
        try scanner.expect("}")
    }

    /// Numbers of one shape are put together; as soon as something else comes, each element gets a name of its own.
    private mutating func array(
        _ path: String, _ depth: Int, _ builder: inout WeightFileBuilder
    ) throws -> Numbers? {
        try scanner.expect("[")
        if scanner.accept("]") {
            try builder.add(StructureItem(path, "[]"))
            return nil
        }
        var joined = Numbers()
        var isApart = false
        var count = 0
        repeat {
            if !isApart, joined.shape.isEmpty, let literal = try plainNumber() {
                try joined.list.append(literal)
            } else {
                let name = Self.path(path, "\(count)", depth)
                let element = try value(path: name, depth: depth + 1, &builder)
                if !isApart, let element, count == 0 || element.shape == joined.shape {
                    joined.shape = element.shape
                    try joined.list.append(element.list)
                } else {
                    if !isApart { try Self.add(joined, count, path, depth, to: &builder) }
                    isApart = true
                    try element.map { try builder.add(name, $0.list, shape: $0.shape) }
                }
            }
            count += 1
        } while scanner.accept(",")
        try scanner.expect("]")
        if isApart { try builder.add(StructureItem(path, "array of \(count)")) }
        return isApart ? nil : Numbers(list: joined.list, shape: [count] + joined.shape)
    }

    /// The next value, if it is a number, without the detour of a name.
    private mutating func plainNumber() throws -> NumberLiteral? {
        guard let byte = scanner.peek(), byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) else { return nil }
        return try number(scanner.word())
    }

    /// Adds elements that had been put together, each by its own name.
    private static func add(
        _ joined: Numbers, _ count: Int, _ path: String, _ depth: Int, to builder: inout WeightFileBuilder
    ) throws {
        guard count > 0 else { return }
        let size = joined.list.count / count
        for index in 0..<count {
            let part = joined.list[index * size..<(index + 1) * size]
            try builder.add(Self.path(path, "\(index)", depth), part, shape: joined.shape)
        }
    }

    /// The JSON Pointer of a member, without the first slash.
    static func path(_ path: String, _ key: String, _ depth: Int) -> String {
        var escaped = key
        if key.utf8.contains(UInt8(ascii: "~")) || key.utf8.contains(UInt8(ascii: "/")) {
            escaped = key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
        }
        return depth == 0 ? escaped : path + "/" + escaped
    }
}
