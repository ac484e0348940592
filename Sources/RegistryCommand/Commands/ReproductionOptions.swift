import ArgumentParser
import RegistryClient
import RegistryTypes

/// What reproducing and evaluating have in common.
struct ReproductionOptions: ParsableArguments {
    @OptionGroup var global: GlobalOptions

    @Argument(
        help: "The version: ns/name:12, ns/name:production, dataset:ns/name:3, ….",
        transform: { try VersionArgument($0) })
    var version: VersionArgument

    @Flag(inversion: .prefixedNo, help: "Follow the log and print the verdict, or only queue the job.")
    var wait = true

    @Option(
        help: "The least that counts as success: bit-identical, tensor-equal, within-tolerance, metric-equivalent.",
        transform: { try Self.minimum($0) })
    var minimum: Verdict.Outcome = .metricEquivalent

    @Flag(help: "Only say what is missing or weak; nothing is run.") var check = false

    @Flag(help: "Run it on this machine; the server compares.") var local = false

    @Option(
        defaultAsFlag: VariationChoice.all, parsing: .next,
        help: "Also run it with one thing changed at a time: threads, hash-seed, folder, blas-kernel, cpu-features.")
    var vary: VariationChoice? = nil

    @OptionGroup var tolerances: ToleranceOptions

    func validate() throws {
        guard vary != nil else { return }
        guard !local, !check else {
            throw ValidationError("--vary has the server's workers run the version; leave out --local and --check")
        }
        guard tolerances.comparison == nil else {
            throw ValidationError("--vary compares by the recipe's tolerances; leave out --tolerance")
        }
    }

    /// Asks for the job and, unless told otherwise, stays until its verdict.
    func run(_ kind: Verdict.Kind) async throws {
        let client = try global.client()
        let console = global.console
        if check {
            return try await Self.report(
                client.checkReproduction(kind, of: version.reference, in: version.kind), on: console)
        }
        if let vary { return try await findCause(varying: vary.subjects, kind, client) }
        guard let end = try await finish(kind, client, console) else { return }
        if console.isJSON {
            try console.print(json: end)
        } else if let verdict = end.verdict {
            console.print("\(kind.rawValue) of \(end.version)")
            console.print(VerdictReport(verdict, console: console).lines.joined(separator: "\n"))
        } else {
            console.print("\(kind.rawValue) \(end.id): \(end.state.rawValue), no verdict")
        }
        let code = Self.exitCode(of: end.verdict?.verdict, minimum: minimum)
        if code != 0 { throw ExitCode(code) }
    }

    /// Carries the job out or has it carried out; nil if it was only queued.
    private func finish(
        _ kind: Verdict.Kind, _ client: RegistryClient, _ console: Console
    ) async throws -> ReproductionRecord? {
        if local {
            return try await LocalReproductionRun(client: client, console: console)
                .reproduce(kind, of: version, tolerances: tolerances.comparison)
        }
        let record = try await client.requestReproduction(
            kind, of: version.reference, in: version.kind, tolerances: tolerances.comparison)
        console.note("\(kind.rawValue) \(record.id) of \(record.version), \(record.state.rawValue)")
        if !wait, let waiting = record.waiting { console.warn("the job waits. \(waiting)") }
        if wait { return try await ReproductionWatch(client: client, console: console).follow(record) }
        if console.isJSON { try console.print(json: record) } else { console.print(record.id.text) }
        return nil
    }

    /// Prints what a check found; ends with 2 if something prevents the repetition.
    static func report(_ check: RecipeCheck, on console: Console) throws {
        if console.isJSON {
            try console.print(json: check)
        } else {
            console.print(RecipeCheckPage(check, console: console).text)
        }
        if !check.possible { throw ExitCode(ErrorCode.notVerifiable.exitCode) }
    }

    /// The exit code that the contract gives to an outcome; nil is a job without verdict.
    static func exitCode(of outcome: Verdict.Outcome?, minimum: Verdict.Outcome) -> Int32 {
        switch outcome {
        case nil, .failed: 3
        case .notVerifiable: 2
        case .some(let outcome): outcome.isAtLeast(minimum) ? 0 : 4
        }
    }

    static func minimum(_ text: String) throws -> Verdict.Outcome {
        guard let outcome = Verdict.Outcome(rawValue: text), outcome.isAtLeast(.metricEquivalent) else {
            throw ValidationError("use bit-identical, tensor-equal, within-tolerance or metric-equivalent")
        }
        return outcome
    }
}
