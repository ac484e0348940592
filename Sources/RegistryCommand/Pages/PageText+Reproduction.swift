import RegistryTypes

extension PageText {
    /// What is said wherever a verdict about something changed on purpose is shown.
    static let noteOnVariation = " was changed on purpose: no verdict about the version as it is"

    /// When a verdict was found and how old it is, and what was changed for it.
    mutating func add(_ record: ReproductionRecord, at now: Int64) {
        add("varied", record.variation.map { "\($0)\(Self.noteOnVariation)" })
        add("found", record.datedAge(at: now))
    }
}

extension ReproductionRecord {
    /// `12 days ago, stale`; nil without a verdict.
    func age(at now: Int64) -> String? {
        guard verdict != nil, let endedAt else { return nil }
        return Wording.age(of: endedAt, staleAt: staleAt, at: now)
    }

    /// The same with times.
    func datedAge(at now: Int64) -> String? {
        guard verdict != nil, let endedAt else { return nil }
        return Wording.datedAge(of: endedAt, staleAt: staleAt, at: now)
    }
}
