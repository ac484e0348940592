package import GRDB
import RegistryTypes

/// The time that leases and graces are measured by: it never goes back, and does not jump ahead unnoticed (I18).
///
/// A clock that is an hour or more ahead of the last time that was believed is doubted. Two collections must see it,
/// and do nothing, before a third one believes it.
package struct CollectionClock: FetchableRecord, Equatable, Sendable {
    /// The longest step ahead that is believed at once, in milliseconds.
    package static let longestStep: Int64 = 3_600_000
    /// How many collections must see a time that is doubted.
    static let neededConfirmations = 2

    /// The latest time that is believed, in UTC milliseconds; 0 if there was none yet.
    package private(set) var latest: Int64
    /// The time that was seen last, if it is doubted.
    package private(set) var doubted: Int64?
    /// How many collections have seen it.
    package private(set) var confirmations: Int

    package init(latest: Int64, doubted: Int64? = nil, confirmations: Int = 0) {
        self.latest = latest
        self.doubted = doubted
        self.confirmations = confirmations
    }

    package init(row: Row) {
        self.init(latest: row["max_seen"], doubted: row["doubted"], confirmations: row["confirmations"])
    }

    /// Whether things may be judged by their age now.
    package var isBelieved: Bool { doubted == nil }

    /// Takes in the time; `confirming` by a collection, else by a look in between.
    package mutating func observe(_ now: Int64, confirming: Bool) {
        let isSame = doubted.map { now >= $0 && now <= $0 + Self.longestStep } ?? false
        if latest == 0 || now <= latest + Self.longestStep || isSame && confirmations >= Self.neededConfirmations {
            self = CollectionClock(latest: max(latest, now))
            return
        }
        confirmations = (isSame ? confirmations : 0) + (confirming ? 1 : 0)
        doubted = now
    }
}

extension CollectionClock {
    /// What is stored.
    static func stored(_ db: Database) throws -> CollectionClock {
        try fetchOne(db.cachedStatement(sql: "SELECT * FROM collection_state")) ?? CollectionClock(latest: 0)
    }

    /// The present, but not before the latest time that was seen.
    static func time(at now: Int64, _ db: Database) throws -> Int64 { max(now, try stored(db).latest) }

    /// Stores it, if it changed.
    func store(insteadOf before: CollectionClock, _ db: Database) throws {
        guard self != before else { return }
        try db.execute(
            sql: "UPDATE collection_state SET max_seen = ?, doubted = ?, confirmations = ?",
            arguments: [latest, doubted, confirmations])
    }
}
