/// Asks the server to repeat the run behind a version several times, each time with one thing changed, and once with none.
public struct RequestVariations: Codable, Sendable {
    public var kind: Verdict.Kind
    /// What is changed; nil for everything that can be.
    public var vary: [Variation.Subject]?

    /// Asks for reproductions with variations.
    public init(kind: Verdict.Kind, vary: [Variation.Subject]? = nil) {
        self.kind = kind
        self.vary = vary
    }
}

/// The reproductions of a version that were queued with variations.
public struct RequestedVariations: Codable, Sendable {
    /// What was not changed, and why.
    public struct Skipped: Codable, Hashable, Sendable {
        public var subject: Variation.Subject
        /// A sentence.
        public var reason: String

        /// Describes something that was not changed.
        public init(subject: Variation.Subject, reason: String) {
            self.subject = subject
            self.reason = reason
        }
    }

    /// The reproduction that changes nothing, then those that change one thing each.
    public var items: [ReproductionRecord]
    public var skipped: [Skipped]

    /// Describes what was queued.
    public init(items: [ReproductionRecord], skipped: [Skipped]) {
        self.items = items
        self.skipped = skipped
    }
}
