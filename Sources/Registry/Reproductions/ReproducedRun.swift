import RegistryTypes

/// Both sides of a comparison: what was recorded, and what the worker sent back.
struct ReproducedRun: Sendable {
    let kind: Verdict.Kind
    let original: OriginalRun
    let recipe: Recipe
    /// Tolerances that were given only when the reproduction was asked for.
    let later: Recipe.Comparison?
    /// The original's files and metrics.
    let files: [ArtifactFile]
    let metrics: [Metric]
    let result: JobResult
    /// What verdicts call the worker.
    let worker: String

    /// The tolerances that count.
    var compare: Recipe.Comparison { recipe.compare.overridden(by: later) }
}
