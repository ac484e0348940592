import RegistryTypes

/// Both sides of a comparison: what was recorded, and what the worker sent back.
struct ReproducedRun: Sendable {
    let kind: Verdict.Kind
    let original: OriginalRun
    let recipe: Recipe
    /// The original's files and metrics.
    let files: [ArtifactFile]
    let metrics: [Metric]
    let result: JobResult
    /// The name of the worker that carried it out.
    let worker: String
}
