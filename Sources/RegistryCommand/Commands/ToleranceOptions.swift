import ArgumentParser
import RegistryTypes

/// Tolerances on the command line.
struct ToleranceOptions: ParsableArguments {
    @Option(
        help: "How far tensors may differ, [pattern=]absolute[,relative]; may stand several times.",
        transform: { try NamedTolerance($0) })
    var tolerance: [NamedTolerance] = []

    @Option(
        help: "How far a metric may differ, name=absolute[,relative]; may stand several times.",
        transform: { try NamedTolerance($0) })
    var metricTolerance: [NamedTolerance] = []

    /// All of them; nil without any.
    var comparison: Recipe.Comparison? { Recipe.Comparison(tensors: tolerance, metrics: metricTolerance) }

    mutating func validate() throws {
        guard !metricTolerance.contains(where: { $0.name == "*" }) else {
            throw ValidationError("--metric-tolerance names its metric, as in accuracy=0.001")
        }
    }
}
