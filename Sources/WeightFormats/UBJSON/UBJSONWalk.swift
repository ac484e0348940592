import RegistryTypes

/// Goes through a UBJSON document and collects its numbers as tensors and everything else as items.
struct UBJSONWalk {
    private let file: MappedFile
    private var cursor: ByteCursor
    private(set) var builder = WeightFileBuilder()
    /// How many numbers without a declared type there were.
    private var converted = 0

    /// Starts at the first byte.
    init(_ file: MappedFile, _ bytes: UnsafeRawBufferPointer) {
        self.file = file
        cursor = ByteCursor(bytes)
    }

    /// Reads the whole document.
    mutating func document() throws {
        try value(try marker(), "", 0)
        guard cursor.left == 0 else { throw malformed("something stands behind the value") }
    }

    private mutating func value(_ marker: UInt8, _ path: String, _ depth: Int) throws {
        guard depth <= WeightLimits.jsonDepth else {
            throw WeightFormatError.unsupported("the UBJSON is nested deeper than \(WeightLimits.jsonDepth) levels")
        }
        switch Character(Unicode.Scalar(marker)) {
        case "{": try object(path, depth)
        case "[": try array(path, depth)
        case "S": try builder.add(StructureItem(path, try text().debugDescription))
        case "C": try builder.add(StructureItem(path, try text(1).debugDescription))
        case "T": try builder.add(StructureItem(path, "true"))
        case "F": try builder.add(StructureItem(path, "false"))
        case "Z": try builder.add(StructureItem(path, "null"))
        default:
            var list = NumberList()
            try list.append(try number(try type(marker)))
            try add(list, path, [])
        }
    }

    private mutating func object(_ path: String, _ depth: Int) throws {
        let (type, count) = try declaration()
        guard type == nil else { throw WeightFormatError.unsupported("an object of one type is not read in UBJSON") }
        if count == 0 || (count == nil && accept("}")) { return try builder.add(StructureItem(path, "{}")) }
        var keys: Set<[UInt8]> = []
        while count.map({ keys.count < $0 }) ?? !accept("}") {
            let key = try text()
            guard keys.insert(Array(key.utf8)).inserted else {
                throw malformed("the key \(key.prefix(80)) stands twice")
            }
            try value(try marker(), JSONWalk.path(path, key, depth), depth + 1)
        }
    }

    private mutating func array(_ path: String, _ depth: Int) throws {
        let (type, count) = try declaration()
        if let type, let count { return try elements(type, count, path) }
        if count == 0 || (count == nil && accept("]")) { return try builder.add(StructureItem(path, "[]")) }
        var numbers = NumberList()
        var index = 0
        // Numbers are put together; as soon as something else comes, each element gets a name of its own.
        var isApart = false
        while count.map({ index < $0 }) ?? !accept("]") {
            let marker = try marker()
            if !isApart, let type = UBJSONNumber(marker: marker) {
                try numbers.append(try number(type))
            } else {
                if !isApart {
                    for place in 0..<index {
                        try add(numbers[place..<place + 1], JSONWalk.path(path, "\(place)", depth), [])
                    }
                }
                isApart = true
                try value(marker, JSONWalk.path(path, "\(index)", depth), depth + 1)
            }
            index += 1
        }
        if isApart {
            try builder.add(StructureItem(path, "array of \(index)"))
        } else {
            try add(numbers, path, [index])
        }
    }

    /// Adds numbers that lie in the file one behind the other.
    private mutating func elements(_ type: UBJSONNumber, _ count: Int, _ path: String) throws {
        let size = try TensorShape(dtype: type.dtype, dimensions: [count])
        let start = cursor.offset
        _ = try cursor.next(size.byteCount)
        let slice = try MappedSlice(file, start..<cursor.offset)
        try builder.add(
            Tensor(
                name: Self.name(path), size: size,
                storage: TensorStorage(source: .mapped(slice), bigEndian: size.dtype.byteCount > 1)))
    }

    private mutating func add(_ numbers: NumberList, _ path: String, _ shape: [Int]) throws {
        try builder.add(Self.name(path), numbers, shape: shape)
    }

    private static func name(_ path: String) -> String { path.isEmpty ? Tensor.unnamed : path }

    /// A number without a declared type, which is held in memory.
    private mutating func number(_ type: UBJSONNumber) throws -> NumberLiteral {
        converted += MemoryLayout<Int64>.size
        guard converted <= WeightLimits.converted else {
            throw WeightFormatError.unsupported(
                "the file holds more than \(WeightLimits.converted >> 20) MiB of numbers that have to be converted")
        }
        return try type.read(&cursor)
    }

    // MARK: - Markers

    /// The marker of the next value; those that say nothing are passed over.
    private mutating func marker() throws -> UInt8 {
        var byte: UInt8
        repeat { byte = try cursor.next(UInt8.self) } while byte == UInt8(ascii: "N")
        return byte
    }

    /// Moves behind a marker if it is the next one that says something.
    private mutating func accept(_ wanted: Unicode.Scalar) -> Bool {
        let start = cursor
        if (try? marker()) == UInt8(ascii: wanted) { return true }
        cursor = start
        return false
    }

    /// What a container says in front of its elements: their type and their number, or only the number, or nothing.
    ///
    /// Every element takes at least a byte, so a number that is larger than the rest of the file is a lie.
    private mutating func declaration() throws -> (type: UBJSONNumber?, count: Int?) {
        let type = accept("$") ? try self.type(try cursor.next(UInt8.self)) : nil
        guard accept("#") else {
            guard type == nil else { throw malformed("an array has a type and no length") }
            return (nil, nil)
        }
        let count = try length()
        guard count <= cursor.left else { throw malformed("\(count) elements are more than the file has bytes") }
        return (type, count)
    }

    private func type(_ marker: UInt8) throws -> UBJSONNumber {
        if let type = UBJSONNumber(marker: marker) { return type }
        let shown = "\(Character(Unicode.Scalar(marker)))".debugDescription
        guard "H{[SCTFZ".utf8.contains(marker) else { throw malformed("\(shown) is no type") }
        throw WeightFormatError.unsupported(
            "the UBJSON has \(shown) where only numbers of at most 64 bits are read")
    }

    /// A length: an integer of any type that is not negative.
    private mutating func length() throws -> Int {
        guard let type = UBJSONNumber(marker: try cursor.next(UInt8.self)),
            case .integer(let value) = try type.read(&cursor), value >= 0
        else { throw malformed("a length is missing or negative") }
        return Int(value)
    }

    private mutating func text() throws -> String { try text(try length()) }

    private mutating func text(_ length: Int) throws -> String {
        guard let text = String(validating: try cursor.next(length), as: UTF8.self) else {
            throw malformed("a text is not UTF-8")
        }
        return text
    }

    /// An error with the place.
    private func malformed(_ what: String) -> any Error {
        WeightFormatError.malformed("not valid UBJSON at byte \(cursor.offset): \(what)")
    }
}
