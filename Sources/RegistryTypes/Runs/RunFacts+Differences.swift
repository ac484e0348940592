extension RunFacts {
    /// Whether another run ran under the conditions of this one, by the facts of their hosts.
    ///
    /// `unknown` if one of them captured none: an import from elsewhere, a run that never started.
    public func conditions(of other: RunFacts) -> Verdict.Conditions {
        guard let own = host, let others = other.host else { return Verdict.Conditions(state: "unknown") }
        let changes = Set(own.keys).union(others.keys).filter { own[$0] != others[$0] }.sorted().map {
            Verdict.Conditions.Change(fact: $0, original: own[$0], reproduced: others[$0])
        }
        guard !changes.isEmpty else { return Verdict.Conditions(state: "same") }
        // A machine with other packages must not push what matters more off the list.
        let listed = (changes.filter { !$0.isPackage } + changes.filter(\.isPackage))
            .prefix(Verdict.Conditions.longestChanges)
        return Verdict.Conditions(
            state: "differs", differs: Set(changes.map(\.condition)).sorted(), changes: Array(listed),
            changesOmitted: changes.count > listed.count ? changes.count - listed.count : nil)
    }
}

extension Verdict.Conditions.Change {
    fileprivate var isPackage: Bool { condition == "packages" }

    /// The kind of condition that a fact belongs to.
    fileprivate var condition: String {
        switch fact {
        case "cpu.model", "cpu.vendor": "cpu"
        case let fact where fact.hasPrefix("package.") || fact.hasPrefix("packages.") || fact.hasPrefix("python."):
            "packages"
        case let fact where fact.hasPrefix("threads."): "threads"
        case let fact where fact.hasPrefix("gpu."): "gpu"
        default: String(fact.map { $0 == "." ? "-" : $0 })
        }
    }
}
