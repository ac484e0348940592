import AuditLog
import Foundation
import GRDB
import RegistryTypes

/// What somebody asks for: that the run behind a version is repeated, by a worker or by whoever asks.
struct ReproductionWish: Sendable {
    var id: RunID
    let kind: Verdict.Kind
    let reference: VersionReference
    let place: CollectionKind
    /// Tolerances that come with the wish.
    let later: Recipe.Comparison?
    /// The principal that carries it out, if that is whoever asks.
    var local: String?
    /// What is changed on purpose.
    var variation: Variation?
    /// Whether a schedule asks.
    var isScheduled = false

    /// What is to be repeated.
    struct Subject {
        let collection: CollectionRows.Collection
        let version: VersionRows.Version
        let run: OriginalRun
    }

    /// The entry for the audit log, also of a refusal.
    var entry: AuditEntry {
        var entry = AuditEntry(
            "reproduction.request", namespace: reference.name.namespace.text, object: "\(place.rawValue):\(reference)")
        var facts: [String: JSONValue] = ["kind": .string(kind.rawValue), "reproduction": .string(id.text)]
        if let local { facts["worker"] = .string(local) }
        if later != nil { facts["tolerance"] = "post-hoc" }
        if isScheduled { facts["scheduled"] = true }
        entry.after = .object(facts)
        return entry
    }

    /// The tolerances as they stand in a row.
    var comparison: String? {
        get throws { try later.map { String(decoding: try StrictJSON.encode($0), as: UTF8.self) } }
    }

    /// Finds what is to be repeated, if the caller may ask for it.
    func subject(_ caller: Caller, _ db: Database) throws -> Subject {
        let collection = try CollectionRows.require(place, reference.name, for: .reproduce, caller, db)
        let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
        let run = try OriginalRun.of(version, db)
        try ModelRegistry.requireInputs(of: run, caller, db)
        return Subject(collection: collection, version: version, run: run)
    }
}

extension ModelRegistry {
    /// The entry of a wish that was just recorded; one that cannot be fulfilled has its verdict with it.
    func entry(
        of wish: ReproductionWish, _ subject: ReproductionWish.Subject, at now: Int64, _ db: Database
    ) throws -> AuditEntry {
        var entry = wish.entry.naming(subject.version, of: subject.collection, wish.place)
        guard let verdict = try subject.run.obstacle(to: wish.kind) ?? workersVerdict(wish, subject.run, db) else {
            return entry
        }
        let statement = try conclude(try ReproductionRows.require(wish.id, db), with: verdict, at: now, db)
        entry.after = .object(
            (entry.after?.object ?? [:]).merging([
                "verdict": .string(verdict.verdict.rawValue), "statement": .string(statement.description),
            ]) { $1 })
        return entry
    }

    /// The verdict on what nobody could carry out; nil if somebody could, or whoever asks does it.
    private func workersVerdict(_ wish: ReproductionWish, _ run: OriginalRun, _ db: Database) throws -> Verdict? {
        guard wish.local == nil else { return nil }
        let obstacle = try Workforce(own: ownWorker.state, db).obstacle(to: run.needs)
        return obstacle.map { Verdict(kind: wish.kind, because: $0.reason, $0.explanation, flags: run.flags) }
    }
}
