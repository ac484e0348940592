import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay dataset`: the data that models are trained and measured on.
struct DatasetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Versions of training, validation and test data.",
        subcommands: [Push.self, Pull.self, Show.self, List.self])

    /// `assay dataset push`
    struct Push: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Record files as a new version of a dataset.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The dataset, namespace/name.", transform: { try QualifiedName($0) }) var name: QualifiedName
        @Argument(help: "Files, or folders whose files are all taken.", completion: .file()) var files: [String]
        @Option(help: "A key under which this push is done at most once.") var idempotencyKey: String?

        func validate() throws {
            if files.isEmpty { throw ValidationError("name at least one file or folder to push") }
        }

        func run() async throws {
            let scratch = try TemporaryFolder("push")
            defer { scratch.remove() }
            let client = try global.client()
            let transfer = PushTransfer(client: client, namespace: name.namespace, console: global.console)
            let artifact = try await transfer.send(files, scratch: scratch)
            let buildID = CIEnvironment(ProcessInfo.processInfo.environment)?.buildID
            let derived = try IdempotencyKey.derived(
                "dataset:\(name)", artifact: artifact.digest(), commit: nil, recipe: nil, buildID: buildID)
            let version = CreateDatasetVersion(files: artifact.files)
            let created = try await client.recording(artifact.local, in: name.namespace) {
                try await client.createDatasetVersion(version, of: name, idempotencyKey: idempotencyKey ?? derived)
            }
            try PushReport.print(created, on: global.console)
        }
    }

    /// `assay dataset pull`
    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Fetch the files of a dataset version, verified.")

        @OptionGroup var options: PullOptions

        func run() async throws { try await options.pull(.datasets) }
    }

    /// `assay dataset show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a dataset version.")

        @OptionGroup var global: GlobalOptions
        @Argument(
            help: "ns/name:3, or dataset:ns/name:3.",
            transform: { try VersionReference($0.hasPrefix("dataset:") ? String($0.dropFirst(8)) : $0) })
        var reference: VersionReference

        func run() async throws {
            let record = try await global.client().version(.datasets, reference)
            if global.json { return try global.console.print(json: record) }
            global.console.print(VersionPage(record, console: global.console).text)
        }
    }

    /// `assay dataset list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List datasets, or the versions of one.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A namespace, or namespace/name; everything you may see without it.") var place: String?
        @Option(help: "The most lines.") var limit = 100

        func run() async throws {
            try await CollectionListing(kind: .datasets, global: global, limit: limit).print(place)
        }
    }
}
