import Foundation
import GRDB
import RegistryTypes

/// The run behind a version, as far as repeating it needs.
struct OriginalRun: Sendable {
    let version: VersionRows.Version
    /// The recipe, if the run had one.
    let recipe: Recipe?
    let facts: RunFacts
    /// Parts of the source that git does not hold, in words.
    let sourceIncomplete: [String]

    /// Reads the run of a version; a dataset that was pushed as it is has none.
    static func of(_ version: VersionRows.Version, _ db: Database) throws -> OriginalRun {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT document, facts, source_incomplete FROM runs LEFT JOIN recipes ON digest = recipe WHERE id = ?
                    """), arguments: [version.run?.text])
        guard let row else {
            return OriginalRun(version: version, recipe: nil, facts: RunFacts(), sourceIncomplete: [])
        }
        return OriginalRun(
            version: version,
            recipe: try (row["document"] as Data?).map { try StrictJSON.decode(Recipe.self, from: $0) },
            facts: try JSONDecoder().decode(RunFacts.self, from: Data((row["facts"] as String).utf8)),
            sourceIncomplete: try JSONDecoder().decode(
                [String].self, from: Data((row["source_incomplete"] as String).utf8)))
    }

    /// What a worker must have to repeat it.
    var needs: JobNeeds { JobNeeds(recipe?.resources ?? .init()) }

    /// Why the run cannot be repeated, found without running anything; nil if it can be tried.
    func obstacle(to kind: Verdict.Kind) -> Verdict? {
        let found: (reason: VerdictReason, explanation: String)? =
            if recipe == nil {
                (
                    .noRecipe,
                    "The version was pushed without a recipe; `assay run` makes versions that can be repeated."
                )
            } else if !sourceIncomplete.isEmpty {
                (.sourceIncomplete, sourceIncomplete.joined(separator: " "))
            } else if kind == .evaluate, recipe?.evaluate == nil {
                (.noRecipe, "The recipe has no evaluate command, so there is nothing to measure again.")
            } else {
                nil
            }
        return found.map { Verdict(kind: kind, because: $0.reason, $0.explanation, flags: flags) }
    }

    /// What every verdict about the version says loudly.
    var flags: [String] {
        version.flags.filter { $0 != "source-incomplete" }
            + (recipe?.environment.kind == .host ? ["unpinned-environment"] : [])
    }
}
