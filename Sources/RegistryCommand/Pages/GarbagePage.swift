package import RegistryTypes

/// What `assay gc` prints: every decision about what is not simply kept, then the sums.
package struct GarbagePage {
    private let report: GarbageReport

    /// Takes the report of a collection.
    package init(_ report: GarbageReport) { self.report = report }

    /// The whole page.
    package var text: String {
        var page = PageText(nameWidth: 24)
        page.add("collection \(report.epoch)\(report.dryRun ? ", dry run: nothing was changed" : "")")
        for (name, tally) in report.totals.sorted(by: { $0.key < $1.key }) {
            page.add(name, "\(tally.blobs)  \(Wording.bytes(tally.bytes))")
        }
        page.section("blobs", blobs)
        page.section("files without a row", orphans)
        page.section("versions removed by retention rules", removals)
        return page.text
    }

    /// What is needed by something is only counted: it is most of the store.
    private var blobs: [String] {
        let shown = report.decisions.filter { !($0.outcome == .kept && Self.roots.contains($0.reason)) }
        let lines = shown.map { decision in
            "\(decision.sha256)  \(Wording.bytes(decision.size))  \(decision.outcome.rawValue): \(decision.reason)"
        }
        return lines + (report.truncated ? ["… and more; the sums above count all"] : [])
    }

    private static let roots: Set = ["version", "evidence", "input", "reproduction"]

    private var orphans: [String] {
        report.orphans.map { "\($0.sha256)  \(Wording.bytes($0.size))  \($0.outcome.rawValue)" }
    }

    private var removals: [String] { report.removals.map { "\($0.version)  \($0.digest)" } }
}
