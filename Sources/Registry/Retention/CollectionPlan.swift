import BlobStore
import Foundation
import GRDB
import RegistryTypes

/// What a collection is to do, found out in one look at the database and one at the files (invariant I14: mark).
struct CollectionPlan: Sendable {
    /// The most decisions that a report lists.
    static let longestList = 10_000

    /// The time by which ages are judged.
    let time: Int64
    let epoch: Int
    /// What no longer has a reason to stay and was condemned before.
    private(set) var swept: [BlobRecord] = []
    /// What has no reason to stay for the first time.
    private(set) var condemned: [BlobRecord] = []
    /// What was condemned and has a reason to stay again.
    private(set) var revived: [BlobRecord] = []
    private(set) var removals: [RetentionDecision] = []
    var orphans: [GarbageReport.Orphan] = []

    private var totals: [String: GarbageReport.Tally] = [:]
    private var listed: [GarbageReport.Decision] = []
    private var listedKept: [GarbageReport.Decision] = []
    private var count = 0
    private var roots = 0

    /// Looks at every blob and every version with a rule, at one moment.
    init(at now: Int64, grace: Int64, _ db: Database) throws {
        time = try CollectionClock.time(at: now, db)
        epoch = try (Int.fetchOne(db, sql: "SELECT epoch FROM collection_state") ?? 0) + 1
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT blobs.digest, size, \(BlobKeeper.expression) AS reason, condemned_blobs.epoch
                FROM blobs LEFT JOIN condemned_blobs ON condemned_blobs.digest = blobs.digest ORDER BY blobs.digest
                """, arguments: ["now": time, "grace": grace])
        while let row = try rows.next() {
            add(
                BlobRecord(sha256: try row.digest("digest"), size: row["size"]), reason: row["reason"],
                isCondemned: row["epoch"] != nil)
        }
        for place in try RetentionRows.places(in: nil, db) {
            removals += try RetentionRows.decisions(at: place, now: time, db).filter { $0.outcome == .removed }
        }
    }

    private mutating func add(_ blob: BlobRecord, reason: String?, isCondemned: Bool) {
        let outcome: GarbageReport.Outcome
        switch (reason, isCondemned) {
        case (nil, true): (outcome, _) = (.swept, swept.append(blob))
        case (nil, false): (outcome, _) = (.condemned, condemned.append(blob))
        case (_?, true): (outcome, _) = (.revived, revived.append(blob))
        case (_?, false): outcome = .kept
        }
        count += 1
        if let reason, BlobKeeper.roots.contains(reason) { roots += 1 }
        let reason = reason ?? "unreferenced"
        totals["\(outcome.rawValue) \(reason)", default: .init()] += blob
        let decision = GarbageReport.Decision(sha256: blob.sha256, size: blob.size, outcome: outcome, reason: reason)
        if outcome != .kept, listed.count < Self.longestList {
            listed.append(decision)
        } else if outcome == .kept, listedKept.count < Self.longestList {
            listedKept.append(decision)
        }
    }

    /// Takes back what was to be swept: somebody came back to it since the look.
    mutating func revive(_ blob: BlobRecord, reason: String) {
        let was = "\(GarbageReport.Outcome.swept.rawValue) unreferenced"
        totals[was, default: .init()] -= blob
        if totals[was]?.blobs == 0 { totals[was] = nil }
        totals["\(GarbageReport.Outcome.revived.rawValue) \(reason)", default: .init()] += blob
        guard let index = listed.firstIndex(where: { $0.sha256 == blob.sha256 }) else { return }
        listed[index].outcome = .revived
        listed[index].reason = reason
    }

    /// Drops a removal that its rule no longer asks for.
    mutating func keep(_ version: Reference) { removals.removeAll { $0.version == version } }

    /// Why so much must not be collected without force, in a sentence; nil if it may be (invariant I16).
    var excess: String? {
        let unneeded = swept.count + condemned.count
        guard unneeded > 0 else { return nil }
        if roots == 0 {
            return "nothing refers to any of the \(count) blobs, so all of them would go sooner or later; if that is "
                + "right, say --force"
        }
        guard unneeded * 2 > count else { return nil }
        return
            "\(unneeded) of \(count) blobs are not needed by anything, which is more than half; look at the list with "
            + "--dry-run, and if it is right, say --force"
    }

    /// The report about it.
    func report(dryRun: Bool, obstacle: String? = nil) -> GarbageReport {
        let decisions = (listed + listedKept).prefix(Self.longestList)
        return GarbageReport(
            dryRun: dryRun, epoch: epoch, obstacle: obstacle, totals: totals, decisions: Array(decisions),
            truncated: count > decisions.count, orphans: orphans, removals: removals)
    }
}

extension GarbageReport.Tally {
    fileprivate static func += (sum: inout Self, blob: BlobRecord) {
        sum = Self(blobs: sum.blobs + 1, bytes: sum.bytes + blob.size)
    }

    fileprivate static func -= (sum: inout Self, blob: BlobRecord) {
        sum = Self(blobs: sum.blobs - 1, bytes: sum.bytes - blob.size)
    }
}
