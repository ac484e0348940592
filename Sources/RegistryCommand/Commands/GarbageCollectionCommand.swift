import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay gc`: deletes the bytes that nothing needs any more.
struct GarbageCollectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Collect the bytes that nothing needs any more.",
        discussion: """
            The server goes on meanwhile. What nothing needs is condemned by one collection and deleted by a later one. \
            --dry-run lists what would be done, and why, and changes nothing.
            """)

    @OptionGroup var global: GlobalOptions
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(help: "Collect also where more than half of all blobs would go, or where nothing refers to any.")
    var force = false

    func run() async throws {
        let report = try await global.client().collectGarbage(CollectGarbage(dryRun: dryRun, force: force))
        if global.json { return try global.console.print(json: report) }
        global.console.print(GarbagePage(report).text)
        if let obstacle = report.obstacle { global.console.warn("a real run would do nothing: \(obstacle)") }
    }
}
