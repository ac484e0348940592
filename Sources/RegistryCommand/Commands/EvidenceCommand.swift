import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay evidence`: fetches all that is signed about a version.
struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Fetch the signed statements of a version, to be checked offline.",
        discussion: """
            Writes keys.json, provenance.json and a folder for each reproduction with statement.json, report.json, \
            facts.json and log.txt. Everything is checked on the way; `assay verify` checks it again without a server.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(
        help: "The version: ns/name:12, ns/name:production or ns/name@sha256:….",
        transform: { try VersionReference($0) })
    var reference: VersionReference
    @Option(help: "The folder to write to; <name>-<number>-evidence without it.", completion: .directory) var out:
        String?

    func run() async throws {
        let client = try global.client()
        let summary = try await client.version(.models, reference).summary
        let pinned = VersionReference(name: summary.name, selector: .number(summary.number))
        let folder = URL(
            filePath: out ?? "\(summary.name.name)-\(summary.number)-evidence", directoryHint: .isDirectory)
        let entries = try await EvidenceFolder(client: client, folder: folder).fetch(pinned)
        if global.json { return try global.console.print(json: Page(items: entries.map(\.record))) }
        global.console.print("evidence of \(pinned)  \(summary.digest)")
        for entry in entries {
            let verdict = entry.record.verdict.map { VerdictReport.styled($0.verdict, console: global.console) } ?? "-"
            let note = entry.folder == nil ? "; older than signed statements" : ""
            let variation = entry.record.variation.map { " with \($0)" } ?? ""
            let age = entry.record.datedAge(at: Wording.now).map { ", \($0)" } ?? ""
            global.console.print(
                "\(entry.record.kind.rawValue)\(variation) \(entry.record.id): \(verdict)\(age)\(note)")
        }
        if entries.isEmpty { global.console.print("no reproduction has a verdict") }
        global.console.note("into \(folder.path(percentEncoded: false))")
    }
}
