import ArgumentParser
import RegistryClient
import RegistryTypes

extension ReproductionOptions {
    /// Repeats the run with one thing changed at a time, and says what the results depend on.
    func findCause(
        varying subjects: [Variation.Subject]?, _ kind: Verdict.Kind, _ client: RegistryClient
    ) async throws {
        let console = global.console
        let requested = try await client.requestVariations(
            RequestVariations(kind: kind, vary: subjects), of: version.reference, in: version.kind)
        guard wait else {
            if console.isJSON { return try console.print(json: requested) }
            return console.print(requested.items.map(\.id.text).joined(separator: "\n"))
        }
        console.note("\(requested.items.count) runs of \(requested.items[0].version)")
        let ended = try await VariationWatch(client: client, console: console).follow(requested.items)
        let page = VariationPage(ended, skipped: requested.skipped)
        if console.isJSON { try console.print(json: page) } else { console.print(page.text(on: console)) }
        let codes = Set(ended.map { Self.exitCode(of: $0.verdict?.verdict, minimum: minimum) })
        // What says least comes first: a table with a hole is no answer.
        if let code = [2, 3, 4].first(where: codes.contains) { throw ExitCode(code) }
    }
}
