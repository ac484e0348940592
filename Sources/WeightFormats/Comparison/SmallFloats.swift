/// Floating-point types of 8 and 16 bits, decoded from their bits.
///
/// Swift's own `Float16` does not exist on every platform that Assay builds for.
enum SmallFloats {
    /// IEEE 754 binary16.
    @inline(__always)
    static func float16(_ bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF)
        // Placed into a Float's fields the exponent is 112 too small, also for subnormal numbers.
        let value = Float(bitPattern: magnitude << 13) * 0x1p112
        let special: UInt32 = magnitude >= 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: value.bitPattern | special | UInt32(bits & 0x8000) << 16)
    }

    /// FP8 with 5 exponent bits: the upper half of a binary16.
    @inline(__always)
    static func float8E5M2(_ bits: UInt8) -> Float {
        float16(UInt16(bits) << 8)
    }

    /// FP8 with 4 exponent bits in the form without infinities (E4M3FN): only all ones is NaN.
    @inline(__always)
    static func float8E4M3(_ bits: UInt8) -> Double {
        let magnitude = UInt32(bits & 0x7F)
        guard magnitude != 0x7F else { return .nan }
        let value = Float(bitPattern: magnitude << 20) * 0x1p120
        return Double(bits & 0x80 == 0 ? value : -value)
    }
}
