/// The tolerances that the owner of a recipe sets for tensors by name, in the order in which they are tried.
///
/// Of several patterns that fit a name the longest counts, and of equally long ones the first by bytes: the rules come
/// from a JSON object, whose members have no order. They speak only of floating-point tensors; integers and truth
/// values are always compared exactly.
public struct ComparisonRules: Sendable, Hashable {
    /// One pattern and its tolerance.
    public struct Rule: Sendable, Hashable {
        /// Which tensors it is for.
        public let pattern: NamePattern
        /// The tolerance; a part left out keeps the default of the tensor's element type.
        public let tolerance: Tolerance
    }

    /// The most rules that a recipe may hold.
    public static let maximumRules = 256

    /// The rules, most specific first.
    public let rules: [Rule]

    /// No rules: every tensor has the default of its element type.
    public static let defaults = ComparisonRules(sorted: [])

    /// Takes `Recipe.Comparison.tensors`; throws `invalid-recipe` for a pattern or number that is not allowed.
    public init(tensors: [String: Tolerance]) throws {
        guard tensors.count <= Self.maximumRules else {
            throw RegistryError(
                .invalidRecipe, "a recipe has at most \(Self.maximumRules) tensor tolerances, not \(tensors.count)")
        }
        let rules = try tensors.map { text, tolerance in
            guard [tolerance.absolute, tolerance.relative].allSatisfy({ ($0 ?? 0).isFinite && ($0 ?? 0) >= 0 }) else {
                throw RegistryError(.invalidRecipe, "the tolerance for \(text) must be finite and zero or more")
            }
            return Rule(pattern: try NamePattern(text), tolerance: tolerance)
        }
        self.init(
            sorted: rules.sorted { left, right in
                let (first, second) = (left.pattern.description.utf8, right.pattern.description.utf8)
                return first.count != second.count
                    ? first.count > second.count : first.lexicographicallyPrecedes(second)
            })
    }

    private init(sorted rules: [Rule]) {
        self.rules = rules
    }

    /// The rule that counts for a tensor, or nil.
    public func rule(for tensor: String) -> Rule? {
        rules.first { $0.pattern.matches(tensor) }
    }
}
