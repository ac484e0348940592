import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay events`: what happens, for those who ask.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print what happened, or follow what happens.",
        discussion: """
            assay events --follow --json --namespace risk --event alias.move

            With --json each event is one line. A reader keeps the sequence number of the last one it has dealt with, and \
            goes on with --after.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(help: "Only this namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName?
    @Option(help: "Which events: alias.move, version.*, *.refuse; may stand several times.") var event: [String] = []
    @Option(parsing: .unconditional, help: "Only events after this sequence number of the audit log.") var after: Int64?
    @Option(help: "The most events; with --follow there is no end.") var limit = 100
    @Flag(help: "Go on with what happens from now on, or after --after, until interrupted.") var follow = false

    func run() async throws {
        let filter = event.isEmpty ? nil : try EventFilter(event)
        let client = try global.client()
        if follow {
            return try await client.followEvents(in: namespace, filter, after: after, show)
        }
        for event in try await client.events(in: namespace, filter, after: after, limit: limit) { _ = try show(event) }
    }

    /// Prints an event; tells whether somebody still reads.
    private func show(_ event: RegistryEvent) throws -> Bool {
        if global.json {
            return global.console.stream(String(decoding: try StrictJSON.encode(event), as: UTF8.self))
        }
        var line = "\(event.data.sequence)  \(event.timestamp)  \(event.type)  \(event.data.object)"
        if let digest = event.data.digest { line += "  \(digest)" }
        return global.console.stream(PlainText.clean(line))
    }
}
