import ArgumentParser
import RegistryClient
import RegistryTypes

/// What approving, rejecting and withdrawing have in common.
struct DecisionOptions: ParsableArguments {
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The version: ns/name:12 or ns/name@sha256:….", transform: { try VersionReference($0) })
    var reference: VersionReference

    @Option(help: "Why; the log holds a commitment to it.")
    var comment: String?

    /// Looks at the version first and decides about the very digest, and the evidence, that were seen.
    func record(_ decision: Decision) async throws {
        let client = try global.client()
        let summary = try await client.version(.models, reference).summary
        let version = VersionReference(name: summary.name, selector: .number(summary.number))
        let seen = decision == .approve ? try await client.policyAnswer(of: nil, about: version).evidence : nil
        let record = try await client.decide(
            DecideVersion(decision: decision, digest: summary.digest, comment: comment, evidence: seen), about: version)
        if global.json { return try global.console.print(json: record) }
        let state =
            record.isComplete == false ? "approved by you, more approvals are needed:" : record.decision.state.rawValue
        global.console.print("\(state) \(version)  \(record.digest)")
        if let seen {
            let verdict = seen.retrain?.outcome.rawValue ?? "never"
            global.console.note("bound to what you saw: reproduced \(verdict), evidence \(try seen.digest())")
        }
    }
}
