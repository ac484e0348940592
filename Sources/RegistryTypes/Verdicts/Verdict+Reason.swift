extension Verdict {
    /// A verdict without a comparison: its outcome is what the reason explains.
    public init(kind: Kind, because reason: VerdictReason, _ explanation: String, flags: [String]) {
        self.init(
            kind: kind, verdict: reason.outcome, reason: reason.rawValue, explanation: explanation, flags: flags)
    }
}
