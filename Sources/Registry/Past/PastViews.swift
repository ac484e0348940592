import GRDB
import RegistryTypes

/// Shows a connection the registry as it was, and was known, at a time: temporary views of the names of the tables, which
/// leave out what was recorded later. Every query is then about that time, without knowing of it.
///
/// A time is the one at which the server recorded a row. Nothing can be entered for the past, so what was so and what was
/// known are one question. Who may ask, and what people are called, is as it is now: neither rights that were taken away
/// nor names that were erased come back.
package enum PastViews {
    /// The time at which a row of each table was recorded.
    package static let times = [
        "namespaces": "created_at", "collections": "created_at", "runs": "created_at", "versions": "created_at",
        "version_removals": "removed_at", "decisions": "decided_at", "approval_requests": "requested_at",
        "approval_votes": "voted_at", "overrides": "asked_at", "override_confirmations": "confirmed_at",
        "alias_moves": "moved_at", "policies": "set_at", "policy_decisions": "decided_at", "schedules": "set_at",
        "retention_rules": "set_at", "holds": "placed_at", "hold_lifts": "lifted_at", "signing_keys": "valid_from",
        "stale_verdicts": "noticed_at", "alias_reviews": "reviewed_at",
        "membership_changes": "changed_at",
    ]

    /// Tables with times in them that are as they are now, and why.
    package static let present = [
        "principals": "who may ask is a matter of now", "principal_erasures": "what was erased stays so",
        "tokens": "who may ask is a matter of now", "memberships": "who may ask is a matter of now",
        "certificate_names": "who may ask is a matter of now", "identity_providers": "who may ask is a matter of now",
        "identity_rules": "who may ask is a matter of now", "used_identity_tokens": "who may ask is a matter of now",
        "checkpoints": "the log has proofs of its own", "log_epochs": "the log has proofs of its own",
        "log_handovers": "the log has proofs of its own",
        "workers": "they are no history", "blobs": "bytes", "artifacts": "they belong to versions",
        "uploads": "bytes under way",
        "blob_checks": "bytes", "corrupt_blobs": "bytes", "idempotency": "answers of the last day",
        "webhooks": "who is told from now on", "webhook_deliveries": "kept for 30 days, with times of their own",
        "webhook_attempts": "as the deliveries", "upkeep": "work on the whole store",
        "collection_state": "the clock of the collection",
    ]

    /// Makes the views on a connection that does nothing else.
    static func make(at time: Int64, _ db: Database) throws {
        for (table, column) in times {
            try db.execute(
                sql: "CREATE TEMP VIEW \(table) AS SELECT * FROM main.\(table) WHERE \(column) <= \(time)")
        }
        try db.execute(sql: try reproductions(at: time, db))
        try db.execute(
            sql: """
                CREATE TEMP VIEW statements AS SELECT * FROM main.statements
                WHERE reproduction_id IN (SELECT id FROM main.reproductions WHERE ended_at <= \(time))
                """)
        try db.execute(
            sql: """
                CREATE TEMP VIEW version_places AS SELECT * FROM main.version_places
                WHERE version_id IN (SELECT id FROM main.versions WHERE created_at <= \(time))
                """)
        // The schema's own views look at its tables; as temporary ones they look at those above.
        for row in try Row.fetchAll(db, sql: "SELECT name, sql FROM main.sqlite_schema WHERE type = 'view'") {
            let sql: String = row["sql"]
            try db.execute(sql: "CREATE TEMP VIEW" + sql.dropFirst("CREATE VIEW".count))
        }
    }

    /// A reproduction that ended later was still waiting or running.
    private static func reproductions(at time: Int64, _ db: Database) throws -> String {
        let isOpen = "coalesce(ended_at, \(time) + 1) > \(time)"
        let changed = [
            "state": "iif(\(isOpen), iif(coalesce(started_at, \(time) + 1) > \(time), 'queued', 'running'), state)",
            "phase": "NULL", "heartbeat_at": "NULL", "lease": "NULL",
            "cancel_requested": "iif(\(isOpen), 0, cancel_requested)",
            "started_at": "iif(started_at <= \(time), started_at, NULL)",
        ].merging(
            ["ended_at", "outcome", "verdict", "run_id"].map { ($0, "iif(\(isOpen), NULL, \($0))") },
            uniquingKeysWith: { $1 })
        let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('reproductions', 'main')").map {
            name in changed[name].map { "\($0) AS \(name)" } ?? name
        }
        return """
            CREATE TEMP VIEW reproductions AS SELECT \(columns.joined(separator: ", ")) FROM main.reproductions
            WHERE created_at <= \(time)
            """
    }
}
