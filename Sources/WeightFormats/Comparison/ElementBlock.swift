import RegistryTypes

/// Up to 4096 elements of one tensor as doubles, which hold every supported type but 64-bit integers exactly.
///
/// The statistics are loops over such blocks: one loop for all types, on memory that stays in the nearest cache.
struct ElementBlock {
    /// The most elements in a block.
    static let capacity = 4096
    /// How many elements the loops take at a time; a block is filled up with zeros to a multiple of it.
    static let width = 8

    /// The lanes that the loops work on.
    typealias Lanes = SIMD8<Double>

    private let dtype: ElementType
    private let memory = ScratchBuffer(count: Self.capacity * MemoryLayout<Double>.size)
    /// The number of elements, without the zeros that fill up.
    private(set) var count = 0

    /// Makes an empty block.
    init(_ dtype: ElementType) {
        self.dtype = dtype
    }

    /// The elements; the zeros behind them are not included.
    var values: UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(rebasing: memory.bytes.bindMemory(to: Double.self)[..<count])
    }

    /// The elements and the zeros behind them.
    var lanes: UnsafeBufferPointer<Lanes> {
        let full = (count + Self.width - 1) / Self.width
        return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(memory.bytes.bindMemory(to: Lanes.self))[..<full])
    }

    /// Reads whole little-endian elements, at most a block of them.
    mutating func load(_ bytes: UnsafeRawBufferPointer) {
        count = bytes.count / dtype.byteCount
        let padded = (count + Self.width - 1) / Self.width * Self.width
        let target = memory.bytes.bindMemory(to: Double.self)
        switch dtype {
        case .bool, .uint8: fill(target, bytes, UInt8.self) { Double($0) }
        case .int8: fill(target, bytes, Int8.self) { Double($0) }
        case .uint16: fill(target, bytes, UInt16.self) { Double($0) }
        case .int16: fill(target, bytes, Int16.self) { Double($0) }
        case .uint32: fill(target, bytes, UInt32.self) { Double($0) }
        case .int32: fill(target, bytes, Int32.self) { Double($0) }
        case .uint64: fill(target, bytes, UInt64.self) { Double($0) }
        case .int64: fill(target, bytes, Int64.self) { Double($0) }
        case .float16: fill(target, bytes, UInt16.self) { Double(SmallFloats.float16($0)) }
        case .bfloat16: fill(target, bytes, UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
        case .float32: fill(target, bytes, UInt32.self) { Double(Float(bitPattern: $0)) }
        case .float64: fill(target, bytes, UInt64.self) { Double(bitPattern: $0) }
        case .float8E4M3: fill(target, bytes, UInt8.self) { SmallFloats.float8E4M3($0) }
        case .float8E5M2: fill(target, bytes, UInt8.self) { Double(SmallFloats.float8E5M2($0)) }
        }
        for index in count..<padded { target[index] = 0 }
    }

    @inline(__always)
    private func fill<Bits: FixedWidthInteger>(
        _ target: UnsafeMutableBufferPointer<Double>, _ bytes: UnsafeRawBufferPointer, _: Bits.Type,
        _ value: (Bits) -> Double
    ) {
        let size = MemoryLayout<Bits>.size
        for index in 0..<count {
            target[index] = value(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: Bits.self)))
        }
    }
}
