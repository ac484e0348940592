import GRDB
import RegistryTypes

/// One side of a comparison, as the database knows it.
struct ComparedVersion: Sendable {
    let name: String
    let kind: CollectionKind
    let version: VersionRows.Version
    let files: [ArtifactFile]
    let metrics: [Metric]
    let recipe: Recipe?
    let facts: RunFacts

    /// Reads a version whose bytes the caller may have.
    static func of(
        _ reference: VersionReference, _ kind: CollectionKind, _ caller: Caller, at now: Int64,
        _ db: Database
    ) throws -> ComparedVersion {
        let version = try ModelRegistry.fetchableVersion(reference, kind, caller, at: now, db)
        let run = version.run == nil ? nil : try OriginalRun.of(version, db)
        let kindPrefix = kind == .dataset ? "dataset:" : ""
        return ComparedVersion(
            name: kindPrefix + VersionReference(name: reference.name, selector: .number(version.number)).description,
            kind: kind, version: version, files: try ArtifactRows.files(of: version.artifact, db),
            metrics: try RunRows.metrics(of: version.run, db), recipe: run?.recipe, facts: run?.facts ?? RunFacts())
    }

    var side: VersionDifference.Side {
        VersionDifference.Side(name: name, digest: version.digest, artifact: version.artifact)
    }

    /// The recipe as fields.
    var recipeFields: JSONValue? { get throws { try recipe.map { try JSONValue(encoding: $0) } } }

    /// What the run's conditions were, without its times.
    var conditions: JSONValue {
        var fields: [String: JSONValue] = (facts.host ?? [:]).mapValues { .string($0) }
        fields["executor"] = facts.executor.map { .string($0) }
        return .object(fields)
    }
}
