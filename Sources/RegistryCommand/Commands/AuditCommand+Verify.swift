import ArgumentParser
import AuditLog
import Foundation
import RegistryClient
import RegistryTypes
import SystemPackage

extension AuditCommand {
    /// `assay audit verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that nobody changed the log: every entry, every tile, every signature.",
            discussion: """
                With a folder of `assay audit export` no server is asked. Without one the server's log is fetched and \
                checked, and compared with what this machine has seen of it before; that is kept in logs.json beside the \
                credentials. What was altered is named. Exits with 5 if anything was.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A folder of `assay audit export`.", completion: .directory) var folder: String?
        @Option(help: "The key of the log, or a file with one in each line.", completion: .file()) var vkey: String?
        @Option(help: "A checkpoint that you kept: the log must have grown from it.", completion: .file())
        var checkpoint: [String] = []
        @Flag(help: "Only ask for proof that the server's log has grown, without reading it.") var quick = false
        @Flag(help: "The server's log may have begun a new epoch, as after a restore.") var acceptEpoch = false

        func run() async throws {
            let given = try vkey.map { try LogKeysArgument($0).keys }
            if let folder {
                let kit = LogKit(folder: URL(filePath: folder, directoryHint: .isDirectory))
                try finish(check(kit, keys: given ?? kit.keys(), known: []))
                if given == nil { global.console.note("The key is from \(folder), not from you.") }
                return
            }
            let configuration = try global.configuration()
            let online = OnlineLog(
                client: try global.client(), server: configuration.url, seen: SeenLogs(), given: given,
                acceptsEpoch: acceptEpoch)
            let head = try await online.head()
            if quick {
                try online.keep(head)
                global.console.print(LogPage.growth(of: head))
            } else {
                try await checkAll(online, head)
            }
            if head.keysAreFromServer { global.console.note("The key is from the server, not from you.") }
        }

        /// Fetches the log and checks all of it; it may have grown once more since its head was checked.
        private func checkAll(_ online: OnlineLog, _ head: OnlineLog.Head) async throws {
            let scratch = try TemporaryFolder("audit")
            defer { scratch.remove() }
            let display = global.console.progress("fetch")
            defer { display.finish() }
            let kit = LogKit(folder: URL(filePath: scratch.path.string, directoryHint: .isDirectory))
            _ = try await kit.fetch(from: online.client, display.report)
            display.finish()
            let known =
                [(head.checkpoint, "the checkpoint of a moment ago")]
                + (head.before.map { [($0, "what was seen before")] } ?? [])
            let report = try check(kit, keys: head.signers, known: known)
            if report.findings.isEmpty, report.omitted == 0 {
                try online.keep(
                    .init(
                        note: kit.read("checkpoint") ?? head.note, checkpoint: report.checkpoint,
                        signers: report.signers, before: head.before, keysAreFromServer: head.keysAreFromServer),
                    announced: report.announced)
            }
            try finish(report)
        }

        private func check(
            _ kit: LogKit, keys: [VerifierKey], known: [(checkpoint: Checkpoint, from: String)]
        ) throws -> LogVerifier.Report {
            guard let note = kit.read("checkpoint") else {
                throw RegistryError(
                    .notFound, "\(kit.folder.path) has no checkpoint; it is no folder of `assay audit export`")
            }
            let kept = try checkpoint.map { file in
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw RegistryError(.notFound, "\(file) cannot be read")
                }
                return (try Checkpoint(text: SignedNote(data).text), file)
            }
            let chain = try KeyChain(from: keys, through: kit.handovers())
            let signers = try chain.signers(of: SignedNote(note))
            let passed = chain.passed.map { ($0, "the one that was signed when its key changed") }
            var verifier = try LogVerifier(
                checkpoint: note, keys: signers, known: known + kept + passed, read: kit.read)
            return try verifier.run()
        }

        private func finish(_ report: LogVerifier.Report) throws {
            if global.json {
                try global.console.print(json: LogPage.document(report))
            } else {
                global.console.print(LogPage.text(report))
            }
            guard report.findings.isEmpty else { throw ExitCode(ErrorCode.integrityFailure.exitCode) }
        }
    }
}
