import GRDB
import RegistryTypes

/// The rows of schedules: every one is kept, the last one of a place counts.
enum ScheduleRows {
    /// A version whose turn it is.
    struct Due: Sendable {
        let namespace: Int64
        let version: VersionReference
        let kind: Verdict.Kind
        /// Whoever set the schedule.
        let setter: String
    }

    /// Sets a schedule; one without an interval ends it.
    static func insert(
        _ request: SetSchedule, namespace: Int64, collection: Int64?, by principal: String, at now: Int64,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO schedules (namespace_id, collection_id, kind, every_hours, set_at, set_by)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                namespace, collection, (request.kind ?? .retrain).rawValue, request.everyHours, now, principal,
            ])
    }

    /// The schedules of a namespace that are in force, its own first.
    static func inForce(in namespace: Int64, _ db: Database) throws -> [ScheduleRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT namespaces.name AS namespace, collections.name, schedule.kind, every_hours, set_at, \(PrincipalRecord.columns)
                    FROM schedules_in_force AS schedule JOIN namespaces ON namespaces.id = schedule.namespace_id
                    LEFT JOIN collections ON collections.id = collection_id
                    \(PrincipalRecord.join("schedule.set_by"))
                    WHERE schedule.namespace_id = ? ORDER BY collections.name NULLS FIRST
                    """), arguments: [namespace]
        ).map { row in
            ScheduleRecord(
                namespace: try ResourceName(row["namespace"] as String),
                model: try (row["name"] as String?).map { try ResourceName($0) },
                everyHours: row["every_hours"], kind: try row.choice("kind"), setAt: row["set_at"],
                setBy: try PrincipalRecord(row: row))
        }
    }

    /// Approved versions whose newest verdict is older than their schedule allows, those that wait longest first.
    ///
    /// A scheduled job that somebody cancelled counts as a verdict here: it is not queued again before its time.
    /// - Parameter version: the only version to look at.
    static func due(at time: Int64, version: VersionRows.Version? = nil, _ db: Database) throws -> RowCursor {
        try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT collections.namespace_id, namespaces.name AS namespace, collections.name, versions.number,
                        schedule.kind, schedule.set_by,
                        coalesce(
                            (SELECT max(ended_at) FROM reproductions
                             WHERE version_id = versions.id AND reproductions.kind = schedule.kind AND variation IS NULL
                                AND (outcome IS NOT NULL OR scheduled AND state = 'cancelled')), 0) AS tried_at
                    FROM model_schedules AS schedule
                    JOIN collections ON collections.id = schedule.collection_id
                    JOIN namespaces ON namespaces.id = collections.namespace_id
                    JOIN versions ON versions.collection_id = schedule.collection_id
                    WHERE tried_at <= ? - schedule.interval \(version == nil ? "AND ? IS NULL" : "AND versions.id = ?")
                        AND (SELECT decision FROM decisions WHERE version_id = versions.id ORDER BY id DESC LIMIT 1)
                            = 'approve'
                        AND \(VersionRows.isPresent("versions.id"))
                        AND NOT EXISTS (SELECT 1 FROM reproductions
                                        WHERE version_id = versions.id AND variation IS NULL
                                            AND state IN ('queued', 'running'))
                    ORDER BY tried_at, versions.id
                    """), arguments: [time, version?.id])
    }

    /// Reads a row of `due`.
    static func due(_ row: Row) throws -> Due {
        Due(
            namespace: row["namespace_id"],
            version: VersionReference(name: try row.qualifiedName(), selector: .number(row["number"])),
            kind: try row.choice("kind"), setter: row["set_by"])
    }

    /// How many scheduled jobs wait in each namespace.
    static func waiting(_ db: Database) throws -> [Int64: Int] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT namespace_id, count(*) AS number FROM reproductions
                    JOIN versions ON versions.id = version_id JOIN collections ON collections.id = collection_id
                    WHERE state = 'queued' AND scheduled GROUP BY namespace_id
                    """))
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["namespace_id"], $0["number"]) })
    }
}
