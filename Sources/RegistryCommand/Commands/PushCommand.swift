import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay push`: records files that were made elsewhere as a new version of a model.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Record files as a new version of a model.",
        discussion: """
            Inside a git work tree the commit and its source are recorded too. In CI the build is recorded, and the \
            same push of the same build is the same version. `assay run` makes versions that can be reproduced.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The model, namespace/name.", transform: { try QualifiedName($0) })
    var model: QualifiedName

    @Argument(help: "Files, or folders whose files are all taken.", completion: .file())
    var files: [String]

    @Option(help: "A metrics file, [input=]file.json; may stand several times.")
    var metrics: [String] = []

    @Option(
        help: "A dataset that was read, [evaluate:][name=]namespace/name:version; may stand several times.",
        transform: { try DatasetArgument($0) })
    var dataset: [DatasetArgument] = []

    @Option(help: "The container image, tag@sha256:….", transform: { try ContainerImage($0) })
    var image: ContainerImage?

    @Option(help: "The full commit that must be checked out.") var commit: String?
    @Flag(help: "Store changes that were not committed as a patch instead of refusing them.") var allowDirty = false
    @Option(help: "The project's folder inside a git work tree.", completion: .directory) var source = "."
    @Flag(help: "Record no source: the version says nothing about its code.") var noSource = false
    @Option(help: "A key under which this push is done at most once.") var idempotencyKey: String?

    func validate() throws {
        if files.isEmpty { throw ValidationError("name at least one file or folder to push") }
        if noSource, commit != nil || allowDirty {
            throw ValidationError("--no-source does not go together with --commit and --allow-dirty")
        }
    }

    func run() async throws {
        let scratch = try TemporaryFolder("push")
        defer { scratch.remove() }
        let client = try global.client()
        let ci = CIEnvironment(ProcessInfo.processInfo.environment)
        let captured = noSource ? nil : try await capture(into: scratch, ci: ci)
        let inputs = try await resolve(with: client)
        let measured = try metrics.flatMap { try MetricsArgument($0).metrics(of: inputs) }
        let transfer = PushTransfer(client: client, namespace: model.namespace, console: global.console)
        let artifact = try await transfer.send(files, with: captured?.files ?? [], scratch: scratch)
        var run = RunDescription(
            kind: .import, source: captured?.source, inputs: inputs.isEmpty ? nil : inputs, image: image,
            metrics: measured)
        run.facts.add(ci)
        let derived = try IdempotencyKey.derived(
            model.description, artifact: artifact.digest(), commit: captured?.source.commit, recipe: nil,
            buildID: ci?.buildID)
        let version = CreateModelVersion(files: artifact.files, run: run)
        let created = try await client.recording(
            artifact.local + (captured?.files ?? []), in: model.namespace
        ) { try await client.createModelVersion(version, of: model, idempotencyKey: idempotencyKey ?? derived) }
        try PushReport.print(created, on: global.console)
    }

    private func capture(into scratch: TemporaryFolder, ci: CIEnvironment?) async throws -> CapturedSource {
        do {
            let captured = try await CapturedSource(
                folder: source, commit: commit, allowsDirty: allowDirty, scratch: scratch)
            if let note = ci?.disagreement(withHead: captured.source.commit.hex) { global.console.warn(note) }
            return captured
        } catch GitCaptureError.notAWorkTree(let folder) {
            throw RegistryError(
                .invalidRequest,
                "\(folder) is not inside a git work tree; name the project with --source, or say --no-source to "
                    + "record a version without its code")
        }
    }

    private func resolve(with client: RegistryClient) async throws -> [RunInput] {
        var inputs: [RunInput] = []
        for argument in dataset {
            let version = try await client.version(.datasets, argument.reference).summary
            guard !inputs.contains(where: { $0.name == argument.name }) else {
                throw RegistryError(
                    .invalidRequest, "two datasets are called \(argument.name); name one, as in x=ns/name:1")
            }
            inputs.append(argument.input(version))
        }
        return inputs
    }
}
