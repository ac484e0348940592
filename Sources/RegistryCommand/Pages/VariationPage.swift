import RegistryTypes

/// What `assay reproduce --vary` prints.
struct VariationPage: Encodable {
    /// The reproductions, that which changed nothing first.
    let items: [ReproductionRecord]
    let skipped: [RequestedVariations.Skipped]
    /// One sentence that names the cause.
    let conclusion: String

    init(_ records: [ReproductionRecord], skipped: [RequestedVariations.Skipped]) {
        items = records
        self.skipped = skipped
        conclusion = VariationConclusion(records).sentence
    }

    /// The table and the sentence.
    func text(on console: Console) -> String {
        var table = TextTable(["VARIATION", "VERDICT", "LARGEST DIFFERENCE", "REPRODUCTION"])
        for record in items {
            let verdict = record.verdict
            let reason = verdict?.reason.map { " (\($0))" } ?? ""
            let difference = verdict.flatMap(VariationConclusion.largestDifference)
            table.add([
                record.variation?.description ?? "none", (verdict?.verdict.rawValue ?? record.state.rawValue) + reason,
                difference.map { "\(Wording.rough($0.size)) (\($0.what))" } ?? "-", record.id.text,
            ])
        }
        let notes = skipped.map { "not varied: \($0.subject.rawValue), \($0.reason)" }
        return ([table.text] + notes + [conclusion]).joined(separator: "\n")
    }
}
