/// By how much the numbers of one tensor differ; every value is finite and so can be written as JSON.
///
/// Only elements that are finite on both sides enter the distances. A distance too large for a double is given as the
/// largest double.
public struct TensorDifference: Sendable, Hashable, Codable {
    /// The number of elements whose bits differ; −0 and 0, and two NaNs of different payload, are such.
    public var differing: Int
    /// The number of elements beyond the tolerance, those counted in `nonfiniteMismatches` included.
    public var beyondTolerance: Int
    /// The number of places where one side is finite and the other is not, or both are not but in another class.
    public var nonfiniteMismatches: Int
    /// The largest |a − b|.
    public var maxAbsolute: Double
    /// The largest |a − b| ÷ max(|a|, |b|), from 0 to 2; around zero it says little.
    public var maxRelative: Double
    /// The largest distance in units in the last place, at most 2⁵³ − 1; nil for types that are not floating-point.
    public var maxULP: Int?
    /// RMS(a − b) ÷ RMS(a); nil if the original is zero everywhere.
    public var rmsDifference: Double?
    /// The cosine of the angle between both tensors; nil if one is zero everywhere or not finite in the same places.
    public var cosine: Double?

    /// Makes a difference; without arguments nothing differs.
    public init(
        differing: Int = 0, beyondTolerance: Int = 0, nonfiniteMismatches: Int = 0, maxAbsolute: Double = 0,
        maxRelative: Double = 0, maxULP: Int? = nil, rmsDifference: Double? = nil, cosine: Double? = nil
    ) {
        self.differing = differing
        self.beyondTolerance = beyondTolerance
        self.nonfiniteMismatches = nonfiniteMismatches
        self.maxAbsolute = maxAbsolute
        self.maxRelative = maxRelative
        self.maxULP = maxULP
        self.rmsDifference = rmsDifference
        self.cosine = cosine
    }
}
