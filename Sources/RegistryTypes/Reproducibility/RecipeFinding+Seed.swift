public import Foundation

extension RecipeFinding {
    /// The finding that nothing in a source reads the seed; nil if something seems to.
    ///
    /// - Parameter bundle: the raw git objects of the source.
    public static func unusedSeed(_ recipe: Recipe, bundle: Data) -> RecipeFinding? {
        guard bundle.range(of: Data("ASSAY_SEED".utf8)) == nil,
            !recipe.parameters.keys.contains(where: { $0.lowercased().contains("seed") }),
            !(recipe.train + (recipe.evaluate ?? [])).contains(where: { $0.contains("seed") })
        else { return nil }
        return RecipeFinding(
            .weakens, "seed-unused",
            "Nothing in the source mentions ASSAY_SEED, so the seed \(recipe.seed) has no effect.",
            fix: "Seed every random generator with it, or ignore this if nothing is random.")
    }
}
