import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay report`: a verdict for people, in the terminal or as one HTML file.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "A verdict with its evidence, in the terminal or as an HTML file.",
        discussion: """
            Without --reproduction it is the verdict that `assay show` shows: the newest of training again, else the newest \
            of measuring again. The HTML file stands alone: it runs nothing \
            and fetches nothing.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(
        help: "The version: ns/name:12, ns/name:production, dataset:ns/name:3, ….",
        transform: { try VersionArgument($0) })
    var version: VersionArgument
    @Option(help: "The id of one reproduction.", transform: { try RunID($0) }) var reproduction: RunID?
    @Option(help: "Write an HTML file.", completion: .file(extensions: ["html"])) var html: String?

    func run() async throws {
        let client = try global.client()
        let records = try await client.reproductions(of: version.reference, in: version.kind)
        let judged = records.filter { $0.verdict != nil }
        let own = judged.filter { $0.variation == nil }
        let wanted =
            reproduction.map { id in judged.first { $0.id == id } } ?? own.first { $0.kind == .retrain } ?? own.first
        guard let record = wanted, let verdict = record.verdict, let page = VerdictHTML(record) else {
            throw RegistryError(
                .notFound,
                "\(version.reference) has no such verdict; `assay reproduce` makes one, `assay show` lists them")
        }
        if let html {
            do {
                try Data(page.text.utf8).write(to: URL(filePath: html), options: .atomic)
            } catch {
                throw RegistryError(.invalidPath, "\(html) cannot be written")
            }
            return global.console.note("wrote \(html)")
        }
        if global.json { return try global.console.print(json: record) }
        var found = PageText()
        found.add("\(record.kind.rawValue) of \(record.version)")
        found.add(record, at: Wording.now)
        let lines = found.lines + VerdictReport(verdict, console: global.console).lines
        global.console.print(lines.joined(separator: "\n"))
    }
}
