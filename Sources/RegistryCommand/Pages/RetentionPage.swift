import RegistryTypes

/// What `assay retention` prints.
enum RetentionPage {
    /// Prints rules.
    static func print(_ rules: [RetentionRecord], of namespace: ResourceName, _ global: GlobalOptions) throws {
        if global.json { return try global.console.print(json: Page(items: rules)) }
        guard !rules.isEmpty else {
            return global.console.print("\(namespace) has no rule: nothing is removed by itself")
        }
        var table = TextTable(["FOR", "KEEP LAST", "KEEP DAYS", "SINCE", "BY"])
        for record in rules {
            table.add([
                record.model.map { "model:\(namespace)/\($0)" } ?? record.dataset.map { "dataset:\(namespace)/\($0)" }
                    ?? "all models", record.rule.keepLast.map { "\($0)" } ?? "-",
                record.rule.keepDays.map { "\($0)" } ?? "-", Wording.time(record.setAt), record.setBy.name,
            ])
        }
        global.console.print(table.text)
    }

    /// What becomes of versions, and why.
    static func table(of decisions: [RetentionDecision]) -> TextTable {
        var table = TextTable(["VERSION", "CREATED", "OUTCOME", "REASON"])
        for decision in decisions {
            table.add([
                decision.version.description, Wording.time(decision.createdAt), decision.outcome.rawValue,
                decision.reason,
            ])
        }
        return table
    }
}
