import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay audit`: the log of everything that was decided and done.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log.", subcommands: [Log.self])

    /// `assay audit log`
    struct Log: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print entries, oldest first.")

        @OptionGroup var global: GlobalOptions
        @Option(help: "Only this namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName?
        @Option(help: "Only entries after this sequence number.") var after: Int64?
        @Option(help: "The most entries.") var limit = 1000

        func run() async throws {
            let records = try await global.client().auditLog(in: namespace, after: after, limit: limit)
            if global.json { return try global.console.print(json: Page(items: records)) }
            global.console.print(AuditPage.table(records).text)
        }
    }
}
