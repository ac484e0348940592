import AuditLog
import Foundation
import GRDB
import RegistryTypes

/// The rows of the signed tree: epochs, keys, checkpoints and subtrees.
enum LogRows {
    /// A key of the log.
    struct Key: Sendable {
        let key: PublicKey
        let validFrom: Int64
        /// Nil for the present one.
        let validUntil: Int64?
        /// The entry that announces it; nil for the first one.
        let announcedIn: Int64?

        /// Whether checkpoints are signed with it.
        func signs(at now: Int64) -> Bool { validUntil.map { $0 > now } ?? true }
    }

    /// A checkpoint that was signed.
    struct Signed: Sendable {
        let size: Int64
        let root: Digest
        let note: String
        let signedAt: Int64
    }

    /// How many entries there are.
    static func count(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT coalesce(max(sequence) + 1, 0) FROM audit_entries")) ?? 0
    }

    /// All epochs, newest first.
    static func epochs(_ db: Database) throws -> [LogEpochRecord] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM log_epochs ORDER BY number DESC")).map { row in
            LogEpochRecord(
                number: row["number"], origin: row["origin"], startedAt: row["started_at"],
                startedBy: row["started_by"], previous: row["previous"])
        }
    }

    /// The present epoch; nil before the first one.
    static func epoch(_ db: Database) throws -> LogEpochRecord? { try epochs(db).first }

    /// Begins an epoch.
    static func insert(_ epoch: LogEpochRecord, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO log_epochs (number, origin, previous, started_at, started_by) VALUES (?, ?, ?, ?, ?)",
            arguments: [epoch.number, epoch.origin, epoch.previous, epoch.startedAt, epoch.startedBy])
    }

    /// All keys, newest first.
    static func keys(_ db: Database) throws -> [Key] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM log_keys ORDER BY valid_until IS NOT NULL, valid_until DESC, valid_from DESC")
        ).map { row in
            Key(
                key: try PublicKey(bytes: Array(row["public_key"] as Data)), validFrom: row["valid_from"],
                validUntil: row["valid_until"], announcedIn: row["announced_in"])
        }
    }

    /// Begins with another key; the old ones sign no longer than until a time.
    ///
    /// - Parameter entry: the number of the entry that announces it.
    static func replaceKey(
        by key: PublicKey, at now: Int64, oldUntil: Int64, announcedIn entry: Int64? = nil, _ db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE log_keys SET valid_until = max(?, valid_from) WHERE valid_until IS NULL OR valid_until > ?",
            arguments: [oldUntil, oldUntil])
        try db.execute(
            sql: "INSERT INTO log_keys (id, public_key, valid_from, announced_in) VALUES (?, ?, ?, ?)",
            arguments: [Data(key.id.bytes), Data(key.bytes), now, entry])
    }

    /// Keeps the first checkpoint that a key signed beside the one before it; later ones change nothing.
    static func keepHandover(to key: PublicKey, note: String, epoch: Int, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO log_handovers (key_id, epoch, note, signed_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                """, arguments: [Data(key.id.bytes), epoch, note, now])
    }

    /// How the keys of an epoch followed each other, oldest first.
    static func handovers(in epoch: Int, _ db: Database) throws -> [KeyHandover] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT sequence, entry, note FROM log_handovers
                    JOIN log_keys ON log_keys.id = key_id
                    JOIN audit_entries ON sequence = announced_in
                    WHERE epoch = ? ORDER BY sequence
                    """), arguments: [epoch]
        ).map { row in
            let note = try SignedNote(Data((row["note"] as String).utf8))
            let index: Int64 = row["sequence"]
            return try KeyHandover(
                TlogProof(
                    entry: row["entry"], index: index,
                    hashes: try tree(of: Checkpoint(text: note.text).size, db).inclusion(of: index),
                    checkpoint: note))
        }
    }

    /// The last checkpoint of the present epoch; nil before its first one.
    static func signed(_ db: Database) throws -> Signed? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT * FROM checkpoints WHERE epoch = (SELECT max(number) FROM log_epochs)")
        ).map { row in
            Signed(size: row["size"], root: try row.digest("root"), note: row["note"], signedAt: row["signed_at"])
        }
    }

    /// Keeps the last checkpoint of an epoch.
    static func keep(_ checkpoint: Checkpoint, note: String, epoch: Int, at now: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO checkpoints (epoch, size, root, note, signed_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (epoch) DO UPDATE
                SET size = excluded.size, root = excluded.root, note = excluded.note, signed_at = excluded.signed_at
                """,
            arguments: [epoch, checkpoint.size, Data(checkpoint.root.bytes), note, now])
    }

    /// A subtree of 256^level entries.
    struct Subtree: Sendable {
        let level: Int
        let number: Int64
        let root: Digest
    }

    /// Keeps roots of subtrees.
    static func keep(_ subtrees: [Subtree], _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO audit_subtrees (level, number, root) VALUES (?, ?, ?)")
        for subtree in subtrees {
            try statement.execute(arguments: [subtree.level, subtree.number, Data(subtree.root.bytes)])
        }
    }

    /// The tree of the first `size` entries, or of all whose subtrees of 256 entries are known.
    static func tree(of size: Int64? = nil, _ db: Database) throws -> MerkleProver {
        let known =
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT coalesce(max(number) + 1, 0) FROM audit_subtrees WHERE level = 1")) ?? 0
        return MerkleProver(size: size ?? known * 256) { try hashes(level: $0, $1, db) }
    }

    /// Roots of subtrees, or the hashes of leaves; throws `integrity-failure` if one is missing.
    static func hashes(level: Int, _ numbers: Range<Int64>, _ db: Database) throws -> [Digest] {
        let sql =
            level == 0
            ? "SELECT leaf AS root FROM audit_entries WHERE sequence >= ? AND sequence < ? ORDER BY sequence"
            : "SELECT root FROM audit_subtrees WHERE number >= ? AND number < ? AND level = ? ORDER BY number"
        var arguments: StatementArguments = [numbers.lowerBound, numbers.upperBound]
        if level > 0 { arguments += [level] }
        let found = try Data.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
        guard found.count == numbers.count else {
            throw RegistryError(
                .integrityFailure,
                "the tree of the audit log lacks hashes of level \(level) from \(numbers.lowerBound) on; `assay fsck` "
                    + "says more")
        }
        return try found.map { try Digest(bytes: Array($0)) }
    }

    /// The entry that says that a version was made; nil for what was made before there was a log of it.
    static func entry(ofVersion digest: Digest, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT sequence FROM audit_entries
                    WHERE substr(entry, 1, 26) = X'7B22616374696F6E223A2276657273696F6E2E63726561746522'
                        AND substr(entry, instr(entry, X'2C22646967657374223A22') + 11, 71) = ?
                    """), arguments: [Data(digest.description.utf8)])
    }
}
