import RegistryTypes

/// Numbers from text, of one kind: integers as long as all are, else doubles.
struct NumberList {
    private var integers: [Int64] = []
    private var doubles: [Double] = []
    private var isFloat = false

    /// The number of numbers.
    var count: Int { isFloat ? doubles.count : integers.count }

    /// The kind of the elements.
    var dtype: ElementType { isFloat ? .float64 : .int64 }

    /// Adds a number; throws if an integer among doubles cannot be kept exactly.
    mutating func append(_ literal: NumberLiteral) throws {
        switch literal {
        case .integer(let value):
            if isFloat { doubles.append(try Self.double(value)) } else { integers.append(value) }
        case .float(let value):
            try becomeFloat()
            doubles.append(value)
        }
    }

    /// Adds all numbers of another list.
    mutating func append(_ other: NumberList) throws {
        guard isFloat || other.isFloat else {
            integers += other.integers
            return
        }
        try becomeFloat()
        doubles += try other.isFloat ? other.doubles : other.integers.map(Self.double)
    }

    /// A part of the list, of the same kind.
    subscript(range: Range<Int>) -> NumberList {
        var part = NumberList()
        part.isFloat = isFloat
        if isFloat { part.doubles = Array(doubles[range]) } else { part.integers = Array(integers[range]) }
        return part
    }

    private mutating func becomeFloat() throws {
        guard !isFloat else { return }
        doubles = try integers.map(Self.double)
        integers = []
        isFloat = true
    }

    private static func double(_ value: Int64) throws -> Double {
        guard let exact = Double(exactly: value) else {
            throw WeightFormatError.unsupported(
                "the integer \(value) stands among floating-point numbers, and a double cannot hold it exactly")
        }
        return exact
    }

    /// Hands out the elements as bytes of this machine, which are little-endian on all that Assay builds for.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try isFloat ? doubles.withUnsafeBytes(body) : integers.withUnsafeBytes(body)
    }
}
