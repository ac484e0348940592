import ArgumentParser
import Foundation
import Registry
import RegistryTypes

/// `assay restore`: makes a data folder from a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a data folder from a backup.",
        discussion: """
            Everything is hashed and checked, and the audit log must be the one that the backup names; only then the \
            folder gets its name. A restore that was interrupted goes on where it was. Needs no server. Exits with 5 if \
            the backup is damaged.
            """)

    @Argument(
        help: "The folder of backups, for the newest complete one, or one of them: <folder>/snapshots/<id>.json.",
        completion: .file())
    var backup: String
    @Option(help: "The new data folder.", completion: .directory) var data: String
    @Flag(help: "Take a backup that lacks bytes which the store had lost.") var allowIncomplete = false
    @Flag(help: "Print a JSON document on standard output.") var json = false
    @Flag(name: [.short, .long], help: "No progress and no notes on standard error.") var quiet = false

    func run() async throws {
        let console = Console(isJSON: json, isQuiet: quiet)
        let display = console.progress("restore")
        defer { display.finish() }
        let target = URL(filePath: data).standardizedFileURL.path(percentEncoded: false)
        let outcome = try await Restore(
            backup: backup, target: target.hasSuffix("/") ? String(target.dropLast()) : target,
            allowsIncomplete: allowIncomplete, progress: display.report
        ).run()
        display.finish()
        if json { return try console.print(json: outcome.report) }
        let manifest = outcome.manifest
        console.print(
            "restored the backup \(manifest.id) of \(Wording.time(manifest.createdAt)) to \(data): "
                + "\(outcome.report.blobs - Int64(manifest.missing.count)) blobs and \(manifest.auditEntries) log entries, "
                + "all of them checked")
        if !manifest.isComplete { console.warn("\(manifest.missing.count) blobs are missing; push them again") }
    }
}
