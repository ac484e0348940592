import ArgumentParser
import RegistryClient
import RegistryTypes

/// What approving, rejecting and withdrawing have in common.
struct DecisionOptions: ParsableArguments {
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The version: ns/name:12 or ns/name@sha256:….", transform: { try VersionReference($0) })
    var reference: VersionReference

    @Option(help: "Why; it stands in the log for ever.")
    var comment: String?

    /// Looks at the version first and decides about the very digest that was seen.
    func record(_ decision: Decision) async throws {
        let client = try global.client()
        let version = try await client.version(.models, reference)
        let summary = version.summary
        let record = try await client.decide(
            DecideVersion(decision: decision, digest: summary.digest, comment: comment),
            about: VersionReference(name: summary.name, selector: .number(summary.number)))
        if global.json { return try global.console.print(json: record) }
        global.console.print("\(record.decision.state.rawValue) \(summary.name):\(summary.number)  \(record.digest)")
    }
}
