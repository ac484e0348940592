import RegistryTypes

/// What two elements may differ by, |a − b| ≤ absolute + relative · |a|, and the scale at which their distances are summed.
struct ValueTolerance {
    let absolute: Double
    let relative: Double
    /// A power of two that brings the numbers near one, so that squares neither overflow nor vanish.
    let scale: Double

    /// Takes a tolerance; `largestRMS` is the larger one of both sides.
    init(_ tolerance: Tolerance, largestRMS: Double) {
        absolute = tolerance.absolute ?? 0
        relative = tolerance.relative ?? 0
        let exponent = largestRMS > 0 ? min(max(-1000, Int(largestRMS.exponent)), 1000) : 0
        scale = Double(sign: .plus, exponent: -exponent, significand: 1)
    }
}
