import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay policy`: what a version must show before an alias may move to it.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What a version must show before an alias may point to it.",
        subcommands: [SetFile.self, Show.self, History.self, End.self, Test.self, Replay.self])

    /// `assay policy set`
    struct SetFile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set the policy of a namespace, or of one alias in it.",
            discussion: """
                Without --alias it guards production and what else is protected. With --alias it guards that alias: of \
                all models of a namespace, or of one model. The nearest policy counts alone. Approvals that were given \
                under another policy let no alias move any more.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A namespace, or namespace/name.", transform: { try ScheduleCommand.Place($0) })
        var place: ScheduleCommand.Place
        @Argument(help: "The file.", completion: .file(extensions: ["yaml"])) var file = PolicyFile.name
        @Option(help: "The alias that it guards.", transform: { try Alias($0) }) var alias: Alias?

        func run() async throws {
            let file = try PolicyFile(path: file)
            let client = try global.client()
            var ids: [String: String] = [:]
            if file.document.groups != nil {
                for member in try await client.members(of: place.namespace) {
                    ids[member.principal.name.lowercased()] = member.principal.id
                }
            }
            let policy = try file.resolved(ids)
            let request = SetPolicy(model: place.model, alias: alias, policy: policy)
            let records = try await client.setPolicy(request, in: place.namespace)
            if global.json { return try global.console.print(json: Page(items: records)) }
            global.console.print(PolicyPage.table(records))
        }
    }

    /// `assay policy show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The policies of a namespace that are in force, or were at a time.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName
        @OptionGroup var past: PastOptions

        func run() async throws {
            let records = try await global.client().policies(in: namespace, at: past.at)
            if global.json { return try global.console.print(json: Page(items: records)) }
            global.console.print(PolicyPage.table(records))
        }
    }

    /// `assay policy history`
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The policies that were ever set in a namespace, newest first.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName
        @Option(help: "The most lines.") var limit = 100

        func run() async throws {
            let records = try await global.client().policyHistory(in: namespace, limit: limit)
            if global.json { return try global.console.print(json: Page(items: records)) }
            global.console.print(PolicyPage.table(records))
        }
    }

    /// `assay policy end`
    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the policy of a namespace, or of one alias in it; the next one counts.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A namespace, or namespace/name.", transform: { try ScheduleCommand.Place($0) })
        var place: ScheduleCommand.Place
        @Option(help: "The alias that it guards.", transform: { try Alias($0) }) var alias: Alias?

        func run() async throws {
            let request = SetPolicy(model: place.model, alias: alias, policy: nil)
            let records = try await global.client().setPolicy(request, in: place.namespace)
            if global.json { return try global.console.print(json: Page(items: records)) }
            global.console.print(PolicyPage.table(records))
        }
    }

    /// `assay policy test`
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether an alias may point to a version: each rule, and the evidence it saw.",
            discussion: "The decision is kept. Exits with 4 if the alias may not point to the version.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The version: ns/name:12 or ns/name@sha256:….", transform: { try VersionReference($0) })
        var reference: VersionReference
        @Option(help: "The alias; production without it.", transform: { try Alias($0) }) var alias: Alias?

        func run() async throws {
            let test = try await global.client().testPolicy(of: alias, about: reference)
            try PolicyCommand.print(test, global)
            guard test.decision.allows else { throw ExitCode(ErrorCode.policyViolated.exitCode) }
        }
    }

    /// `assay policy replay`
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a decision that was kept once more, on this machine, from what it saw then.",
            discussion: "Exits with 5 if it comes out differently, or is not the decision of that digest.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The digest of the decision.", transform: { try Digest($0) }) var decision: Digest

        func run() async throws {
            let test = try await global.client().policyDecision(decision)
            guard try JSONValue(encoding: test.decision).canonicalDigest() == decision, test.decision.isRepeatable
            else {
                throw RegistryError(.integrityFailure, "the decision \(decision) does not come out as it was kept")
            }
            try PolicyCommand.print(test, global)
        }
    }

    private static func print(_ test: PolicyTest, _ global: GlobalOptions) throws {
        if global.json { return try global.console.print(json: test) }
        global.console.print(PolicyPage.text(test, console: global.console))
    }
}
