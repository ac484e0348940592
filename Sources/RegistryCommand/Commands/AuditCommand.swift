import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay audit`: the log of everything that was decided and done, and what proves that nobody changed it.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log.",
        subcommands: [Log.self, Status.self, Verify.self, Export.self, Proof.self, NewEpoch.self, RotateKey.self])

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

    /// `assay audit status`
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How far the log is signed, and with which keys.",
            discussion: "Exits with 5 while the server refuses to sign, and says why.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let status = try await global.client().logStatus()
            if global.json {
                try global.console.print(json: status)
            } else {
                global.console.print(LogPage.text(status))
            }
            guard status.refusal == nil else { throw ExitCode(ErrorCode.integrityFailure.exitCode) }
        }
    }

    /// `assay audit new-epoch`
    struct NewEpoch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the log go on from an older state than was signed, as after a restore.",
            discussion: """
                The log gets another origin, so that nobody takes it for the old one; whoever checks it is told. Only while \
                the server refuses to sign. Needs an administrator of the server.
                """)

        @OptionGroup var global: GlobalOptions
        @Option(help: "Why, for whoever reads the log later.") var reason: String

        func run() async throws {
            let epoch = try await global.client().startLogEpoch(StartLogEpoch(reason: reason))
            if global.json { return try global.console.print(json: epoch) }
            global.console.print("epoch \(epoch.number) of the log, signed as \(epoch.origin)")
        }
    }

    /// `assay audit rotate-key`
    struct RotateKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign the log with a new key from now on.",
            discussion: """
                The log has an entry with the new key. The old one signs beside it for seven days, so that who trusts it \
                learns of the new one; then its private half is destroyed. Needs an administrator of the server.
                """)

        @OptionGroup var global: GlobalOptions
        @Flag(help: "The old key signs nothing any more, because somebody else may have it.") var immediately = false

        func run() async throws {
            let key = try await global.client().rotateLogKey(RotateLogKey(immediately: immediately ? true : nil))
            if global.json { return try global.console.print(json: key) }
            global.console.print("the log is signed with \(key.vkey)")
        }
    }
}
