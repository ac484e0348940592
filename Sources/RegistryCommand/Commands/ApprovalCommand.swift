import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay approval`: asking for approval, and overriding a policy in an emergency.
struct ApprovalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approval", abstract: "Ask for approval, or override a policy in an emergency.",
        subcommands: [Ask.self, List.self, Override.self, ConfirmOverride.self])

    /// `assay approval ask`
    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask others to approve a version; whoever asks cannot approve it.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The version: ns/name:12 or ns/name@sha256:….", transform: { try VersionReference($0) })
        var reference: VersionReference
        @Option(help: "Why.") var comment: String?

        func run() async throws {
            let record = try await global.client().requestApproval(RequestApproval(comment: comment), of: reference)
            if global.json { return try global.console.print(json: record) }
            global.console.print("asked for approval of \(record.version)  \(record.digest)")
        }
    }

    /// `assay approval list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The requests for approval that nobody decided about yet, the oldest first.")

        @OptionGroup var global: GlobalOptions
        @Option(help: "Only those of this namespace.", transform: { try ResourceName($0) })
        var namespace: ResourceName?
        @Option(help: "The most lines.") var limit = 100

        func run() async throws {
            let requests = try await global.client().openApprovalRequests(in: namespace, limit: limit)
            if global.json { return try global.console.print(json: Page(items: requests)) }
            global.console.print(PolicyPage.text(requests))
        }
    }

    /// `assay approval override`
    struct Override: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "In an emergency, let an alias point to a version that its policy refuses.",
            discussion: """
                Another administrator must confirm it, and it ends after some hours. It stands in the log and on every \
                page of the version for ever. It passes over no NaN and no rejection.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The version: ns/name:12 or ns/name@sha256:….", transform: { try VersionReference($0) })
        var reference: VersionReference
        @Option(help: "The alias; production without it.", transform: { try Alias($0) }) var alias: Alias?
        @Option(help: "Why, in 10 to 1000 characters; it stands in the log for ever.") var reason: String
        @Option(help: "After how many hours it ends, 1 to 168.") var hours: Int

        func run() async throws {
            let record = try await global.client().requestOverride(
                RequestOverride(alias: alias, reason: reason, hours: hours), for: reference)
            if global.json { return try global.console.print(json: record) }
            global.console.print(
                "asked to override the policy of \(record.alias) for \(record.version); another administrator confirms with\n"
                    + "assay approval confirm-override \(record.id)")
        }
    }

    /// `assay approval confirm-override`
    struct ConfirmOverride: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "confirm-override", abstract: "Confirm an override that another administrator asked for.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The override's id.", transform: { try RunID($0) }) var id: RunID

        func run() async throws {
            let record = try await global.client().confirmOverride(id)
            if global.json { return try global.console.print(json: record) }
            global.console.warn(
                "EMERGENCY: the policy of \(record.alias) is overridden for \(record.version) until "
                    + "\(Wording.time(record.expiresAt))")
            global.console.print("confirmed \(record.id)")
        }
    }
}
