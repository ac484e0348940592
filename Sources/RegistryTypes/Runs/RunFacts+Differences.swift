extension RunFacts {
    /// Whether another run ran under the conditions of this one, by the facts of their hosts.
    ///
    /// `unknown` if one of them captured none: an import from elsewhere, a run that never started.
    public func conditions(of other: RunFacts) -> Verdict.Conditions {
        guard let own = host, let others = other.host else { return Verdict.Conditions(state: "unknown") }
        let differs = Set(own.keys).union(others.keys).filter { own[$0] != others[$0] }.sorted()
        return Verdict.Conditions(state: differs.isEmpty ? "same" : "differs", differs: differs)
    }
}
