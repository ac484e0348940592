import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay show`: everything about a version or a run.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a version, a dataset version or a run.")

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: "ns/name:12, ns/name:production, ns/name@sha256:…, dataset:ns/name:3 or run:<id>.",
        transform: { try Reference($0) })
    var reference: Reference
    @OptionGroup var past: PastOptions

    func run() async throws {
        let client = try global.client()
        let console = global.console
        switch reference {
        case .model(let reference):
            let record = try await client.version(.models, reference, at: past.at)
            if console.isJSON { return try console.print(json: record) }
            console.print(VersionPage(record, console: console).text)
        case .dataset(let reference):
            let record = try await client.version(.datasets, reference, at: past.at)
            if console.isJSON { return try console.print(json: record) }
            console.print(VersionPage(record, console: console).text)
        case .run(let id):
            guard past.at == nil else {
                throw RegistryError(
                    .invalidRequest, "a run is recorded when it has ended and never changes; leave --at out")
            }
            let record = try await client.run(id)
            if console.isJSON { return try console.print(json: record) }
            console.print(RunPage(record, console: console).text)
        case .commit, .image:
            throw RegistryError(
                .invalidReference, "\(reference) has no page of its own; `assay lineage \(reference)` shows its uses")
        }
    }
}
