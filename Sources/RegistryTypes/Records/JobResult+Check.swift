extension JobResult {
    /// The longest sentence that a worker may report, in bytes: the verdict keeps and signs it.
    public static let longestExplanation = 16_384

    /// Throws `invalid-request` for a report that no worker makes: its reasons are the words of verdicts, or `cancelled`.
    public func check() throws {
        guard failure == nil || notVerifiable == nil else {
            throw RegistryError(.invalidRequest, "a run that failed was run: say failure or notVerifiable, not both")
        }
        if let failure, failure != Self.cancelled, VerdictReason(rawValue: failure)?.outcome != .failed {
            throw RegistryError(.invalidRequest, "\"\(failure.prefix(50))\" is no reason of a failed run")
        }
        if let notVerifiable, VerdictReason(rawValue: notVerifiable)?.outcome != .notVerifiable {
            throw RegistryError(.invalidRequest, "\"\(notVerifiable.prefix(50))\" is no reason why nothing was run")
        }
        guard (explanation ?? "").utf8.count <= Self.longestExplanation else {
            throw RegistryError(.invalidRequest, "an explanation has at most \(Self.longestExplanation) bytes")
        }
    }

    /// What `failure` says of a run that was stopped because somebody asked for it; no reason of a verdict.
    public static let cancelled = "cancelled"
}
