import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay reproduction`: jobs that were asked for, under way and over.
struct ReproductionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduction", abstract: "Look at reproductions, follow their logs, stop them.",
        subcommands: [List.self, Show.self, Log.self, Cancel.self])

    /// `assay reproduction list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The reproductions of a version, newest first.")

        @OptionGroup var global: GlobalOptions
        @Argument(
            help: "The version: ns/name:12, ns/name:production, dataset:ns/name:3, ….",
            transform: { try VersionArgument($0) })
        var version: VersionArgument
        @Option(help: "The most lines.") var limit = 100

        func run() async throws {
            let records = try await global.client().reproductions(
                of: version.reference, in: version.kind, limit: limit)
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable(["REPRODUCTION", "KIND", "VARIATION", "STATE", "VERDICT", "AGE", "WORKER", "ASKED"])
            for record in records {
                table.add([
                    record.id.text, record.kind.rawValue, record.variation?.description ?? "-",
                    record.phase?.rawValue ?? record.state.rawValue, record.verdict?.verdict.rawValue ?? "-",
                    record.age(at: Wording.now) ?? "-", record.worker ?? "-", Wording.time(record.createdAt),
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay reproduction show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How far a reproduction is, or what it found.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The reproduction's id.", transform: { try RunID($0) }) var id: RunID

        func run() async throws {
            let record = try await global.client().reproduction(id)
            let console = global.console
            if console.isJSON { return try console.print(json: record) }
            var page = PageText()
            page.add("version", "\(record.version)")
            page.add("kind", record.kind.rawValue)
            page.add("state", record.state.rawValue + (record.phase.map { ", \($0.rawValue)" } ?? ""))
            page.add("waiting", record.waiting)
            page.add("worker", record.worker)
            page.add("attempts", record.attempts.map { "\($0)" })
            let asker = record.requestedBy.name + (record.scheduled == true ? ", by a schedule" : "")
            page.add("asked", "\(Wording.time(record.createdAt)) by \(asker)")
            if record.verdict == nil { page.add("ended", record.endedAt.map(Wording.time)) }
            page.add(record, at: Wording.now)
            console.print(page.lines.joined(separator: "\n"))
            guard let verdict = record.verdict else { return }
            console.print(VerdictReport(verdict, console: console).lines.joined(separator: "\n"))
        }
    }

    /// `assay reproduction log`
    struct Log: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a reproduction printed, on standard error as `assay reproduce` shows it.",
            discussion: "Ctrl-C ends the watching, not the job.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The reproduction's id.", transform: { try RunID($0) }) var id: RunID
        @Flag(help: "Go on until the reproduction ends.") var follow = false

        func run() async throws {
            let watch = ReproductionWatch(client: try global.client(), console: global.console)
            if follow {
                _ = try await watch.untilEnd(of: id)
            } else {
                try await watch.printLog(of: id)
            }
        }
    }

    /// `assay reproduction cancel`
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a reproduction: one that waits at once, one that runs as soon as its worker hears of it.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The reproduction's id.", transform: { try RunID($0) }) var id: RunID

        func run() async throws {
            let record = try await global.client().cancelReproduction(id)
            if global.json { return try global.console.print(json: record) }
            global.console.print(
                record.state == .running
                    ? "asked the worker of \(record.id) to stop" : "\(record.id): \(record.state.rawValue)")
        }
    }
}
