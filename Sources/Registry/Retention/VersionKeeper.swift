import GRDB
import RegistryTypes

/// What keeps a version from being removed, whoever asks. Deployments will be one more line of the list.
struct VersionKeeper: Sendable {
    /// As reports name it.
    let reason: String
    /// Whether it keeps the version in `versions`; may use the arguments `keepLast` and `keepSince`.
    let condition: String
    /// Ends the sentence "the version cannot be removed: it …".
    let sentence: String

    /// The first one that applies is the reason.
    static let all: [VersionKeeper] = [
        VersionKeeper(
            reason: "held", condition: "EXISTS (SELECT 1 FROM holds_in_force WHERE version_id = versions.id)",
            sentence: "is held, and two persons must lift the hold first"),
        VersionKeeper(
            reason: "approved",
            condition: """
                (SELECT decision FROM decisions WHERE version_id = versions.id ORDER BY id DESC LIMIT 1) = 'approve'
                """, sentence: "is approved; withdraw the approval first"),
        VersionKeeper(
            reason: "alias",
            condition: """
                EXISTS (SELECT 1 FROM aliases
                        WHERE aliases.collection_id = versions.collection_id AND aliases.version_id = versions.id)
                """, sentence: "has an alias that points to it; move the alias first"),
        VersionKeeper(
            reason: "input",
            condition: """
                EXISTS (SELECT 1 FROM run_inputs JOIN runs ON runs.id = run_inputs.run_id
                        JOIN versions AS made ON made.run_id = runs.id OR made.id = runs.subject_version_id
                        WHERE run_inputs.version_id = versions.id AND \(VersionRows.isPresent("made.id")))
                """, sentence: "was read by the run of a version that is still there"),
        VersionKeeper(
            reason: "reproduction",
            condition: """
                EXISTS (SELECT 1 FROM reproductions
                        WHERE reproductions.version_id = versions.id AND state IN ('queued', 'running'))
                """, sentence: "is being reproduced; wait for the verdict or cancel it"),
        VersionKeeper(
            reason: "keep-last",
            condition: """
                (SELECT count(*) FROM (SELECT 1 FROM versions AS newer
                    WHERE newer.collection_id = versions.collection_id AND newer.number > versions.number
                        AND \(VersionRows.isPresent("newer.id")) LIMIT :keepLast)) < :keepLast
                """, sentence: "is among the newest that the retention rule keeps"),
        VersionKeeper(
            reason: "keep-days", condition: "versions.created_at > :keepSince",
            sentence: "is younger than the retention rule asks for"),
    ]

    /// The reason why a version is kept, NULL if nothing keeps it.
    static let expression =
        "CASE " + all.map { "WHEN \($0.condition) THEN '\($0.reason)'" }.joined(separator: " ") + " END"

    /// The arguments of the conditions; without a rule, age and number keep nothing.
    static func arguments(_ rule: RetentionRule?, at now: Int64) -> [String: (any DatabaseValueConvertible)?] {
        ["keepLast": rule?.keepLast ?? 0, "keepSince": rule?.keepDays.map { now - Int64($0) * 86_400_000 } ?? .max]
    }

    /// Throws `policy-violated` if something keeps a version.
    static func requireNone(
        of version: VersionRows.Version, in collection: CollectionRows.Collection, _ rule: RetentionRule?,
        at now: Int64, _ db: Database
    ) throws {
        var arguments = arguments(rule, at: now)
        arguments["id"] = version.id
        let reason = try String.fetchOne(
            db.cachedStatement(sql: "SELECT \(expression) FROM versions WHERE id = :id"),
            arguments: StatementArguments(arguments))
        guard let keeper = all.first(where: { $0.reason == reason }) else { return }
        throw RegistryError(
            .policyViolated,
            "\(collection.name):\(version.number) cannot be removed by anybody: it \(keeper.sentence)",
            details: ["reason": keeper.reason])
    }
}
