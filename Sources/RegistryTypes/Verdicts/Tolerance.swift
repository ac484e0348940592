/// How far a reproduced number b may lie from the original a: |a − b| ≤ absolute + relative × |a|.
///
/// A part left out is the default where a recipe says it, and zero where evidence does. `Recipe.check()` refuses parts
/// that are negative or not finite.
public struct Tolerance: Sendable, Hashable, Codable {
    /// The part that does not depend on the number, in the number's own unit.
    public var absolute: Double?
    /// The part that grows with the original's magnitude.
    public var relative: Double?

    /// Only equal numbers pass.
    public static let exact = Tolerance(absolute: 0, relative: 0)

    /// Puts a tolerance together.
    public init(absolute: Double? = nil, relative: Double? = nil) {
        self.absolute = absolute
        self.relative = relative
    }
}
