import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay backup`: backups of the running server.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Backups of the running server.", subcommands: [Create.self, List.self],
        defaultSubcommand: Create.self)

    /// `assay backup create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a backup in the server's folder of backups.",
            discussion: """
                The server makes it while it serves; Ctrl-C ends the watching, not the backup. Bytes that are in the \
                folder already are not copied again. Exits with 5 if the store has lost bytes, so that the backup is not \
                complete.
                """)

        @OptionGroup var global: GlobalOptions
        @Flag(help: "Read everything that the backup names once more, from the folder.") var verify = false
        @Option(help: "How many complete backups stay; all of them without it.") var keep: Int?

        func run() async throws {
            let client = try global.client()
            let record = try await UpkeepWatch(client: client, console: global.console).follow(
                client.requestBackup(RequestBackup(verify: verify, keep: keep)), "backup")
            guard let report = record.backup else {
                throw RegistryError(.internalError, "the server says nothing of the backup")
            }
            if global.json {
                try global.console.print(json: report)
            } else {
                global.console.print(Self.text(report))
            }
            guard report.manifest.isComplete else {
                global.console.warn(
                    "the backup is not complete: the store has lost \(report.manifest.missing.count) blobs, "
                        + "\(report.manifest.missing[0]) the first; `assay scrub status` lists them, and pushing the "
                        + "same files again repairs them")
                throw ExitCode(ErrorCode.blobCorrupt.exitCode)
            }
        }

        private static func text(_ report: BackupReport) -> String {
            let manifest = report.manifest
            let copied = "copied \(report.copiedBlobs), \(Wording.bytes(report.copiedBytes))"
            var text =
                "backup \(manifest.id): \(manifest.blobs) blobs of \(Wording.bytes(manifest.blobBytes)), \(copied)"
            if report.verified { text += "; everything was read again" }
            if !report.removed.isEmpty { text += "; removed \(report.removed.count) older ones" }
            return text
        }
    }

    /// `assay backup list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The backups in the server's folder, newest first.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let backups = try await global.client().backups()
            if global.json { return try global.console.print(json: Page(items: backups)) }
            var table = TextTable(["BACKUP", "TIME", "BLOBS", "SIZE", "LOG ENTRIES", "STATE"])
            for backup in backups {
                table.add([
                    backup.id.text, Wording.time(backup.createdAt), String(backup.blobs),
                    Wording.bytes(backup.blobBytes + backup.databaseSize), String(backup.auditEntries),
                    backup.isComplete ? "complete" : "lacks \(backup.missing.count)",
                ])
            }
            global.console.print(table.text)
        }
    }
}
