import RegistryTypes

/// Compares elements by their bits: how many differ, and by how many units in the last place at most.
struct BitComparison {
    /// The number of elements whose bits differ.
    private(set) var differing = 0
    private var distance: UInt64 = 0

    /// The largest distance, at most 2⁵³ − 1 so that JSON can say it.
    var maxULP: Int { Int(min(distance, UInt64(JSONValue.exactIntegers.upperBound))) }

    /// Adds what was found out about other elements.
    mutating func add(_ other: BitComparison) {
        differing += other.differing
        distance = max(distance, other.distance)
    }

    /// Compares whole elements; those that `skips` names do not enter the distance.
    mutating func add(
        _ original: UnsafeRawBufferPointer, _ reproduced: UnsafeRawBufferPointer, size: Int,
        skipping skips: ((Int) -> Bool)?
    ) {
        switch size {
        case 1: add(original, reproduced, Int8.self, skips)
        case 2: add(original, reproduced, Int16.self, skips)
        case 4: add(original, reproduced, Int32.self, skips)
        default: add(original, reproduced, Int64.self, skips)
        }
    }

    private mutating func add<Bits: FixedWidthInteger & SignedInteger>(
        _ original: UnsafeRawBufferPointer, _ reproduced: UnsafeRawBufferPointer, _: Bits.Type,
        _ skips: ((Int) -> Bool)?
    ) where Bits.Magnitude: FixedWidthInteger {
        let size = MemoryLayout<Bits>.size
        var largest: Bits.Magnitude = 0
        var different = 0
        for index in 0..<original.count / size {
            let a = Bits(littleEndian: original.loadUnaligned(fromByteOffset: index * size, as: Bits.self))
            let b = Bits(littleEndian: reproduced.loadUnaligned(fromByteOffset: index * size, as: Bits.self))
            different &+= a != b ? 1 : 0
            if let skips, skips(index) { continue }
            largest = max(largest, Self.distance(a, b))
        }
        differing += different
        distance = max(distance, UInt64(largest))
    }

    /// The number of representable values between two; sign and magnitude make a line on which −0 and 0 coincide.
    @inline(__always)
    private static func distance<Bits: FixedWidthInteger & SignedInteger>(_ a: Bits, _ b: Bits) -> Bits.Magnitude {
        let left = a < 0 ? 0 &- (a & .max) : a
        let right = b < 0 ? 0 &- (b & .max) : b
        return Bits.Magnitude(truncatingIfNeeded: max(left, right) &- min(left, right))
    }
}
