import Foundation
import RegistryClient
import RegistryTypes
import Reproduction
import SystemPackage

/// One `assay run`: a recipe is carried out on this machine and becomes a version.
struct LocalRun {
    let client: RegistryClient
    let console: Console
    let file: AssayFile
    let captured: CapturedSource
    let executor: any Executor
    let scratch: TemporaryFolder
    let ci: CIEnvironment?

    /// A run that is over, successful or not.
    struct Finished {
        let recipe: Recipe
        var outcome: RecipeOutcome
        let log: URL
        /// What the metrics files say; empty for a run that failed.
        var metrics: [Metric] = []
    }

    /// What will be run, with the datasets that it reads.
    struct Resolved {
        let recipe: Recipe
        fileprivate let datasets: [String: VersionRecord]
    }

    /// Fetches the datasets and runs the commands; Ctrl-C ends the run.
    func carryOut(_ resolved: Resolved) async throws -> Finished {
        let (recipe, datasets) = (resolved.recipe, resolved.datasets)
        let inputs = try await fetch(recipe, datasets)
        let request = RecipeRunner.Request(
            recipe: recipe, kind: .retrain, sourceBundle: captured.bundle.url, patch: captured.patch?.url,
            inputs: inputs, workspace: try workspace())
        let log = try RunLog(scratch.url("run.log")) { [console] in console.passOn(log: $0) }
        let runner = RecipeRunner(executor: executor)
        let (outcome, wasInterrupted) = try await Interruption.cancelling {
            try await runner.run(request) { await log.append($0) }
        }
        if wasInterrupted, outcome.failure != nil { throw CancellationError() }
        if outcome.failure != nil, console.isQuiet { console.warn("the log ends with\n" + (await log.lastLines(20))) }
        let finished = Self.measured(Finished(recipe: recipe, outcome: outcome, log: log.url))
        warn(about: finished)
        return finished
    }

    /// Reads the metrics files; one that cannot be read makes the run a failed one, which is recorded like any other.
    private static func measured(_ finished: Finished) -> Finished {
        guard finished.outcome.failure == nil else { return finished }
        var measured = finished
        do {
            measured.metrics = try finished.outcome.outputs.filter { $0.role == .metrics }.flatMap { output in
                try MetricsArgument.read(
                    URL(filePath: output.file.string), called: output.path.text,
                    dataset: finished.recipe.inputs.first { $0.name == output.input }?.dataset)
            }
            try Metric.requireUnique(measured.metrics)
        } catch {
            let sentence = (error as? RegistryError)?.message ?? "\(error)"
            measured.metrics = []
            measured.outcome.facts.ending = ExecutionFailureReason.metricsUnreadable.rawValue
            measured.outcome.failure = .init(
                reason: .metricsUnreadable, explanation: "The metrics cannot be read: \(sentence).")
        }
        return measured
    }

    // MARK: - Before

    /// Looks the datasets up.
    func resolve() async throws -> Resolved {
        var records: [String: VersionRecord] = [:]
        for input in file.inputs {
            guard case .dataset(let reference) = input.origin else { continue }
            let record = try await client.version(.datasets, reference)
            try record.verify(against: reference)
            records[input.name] = record
        }
        let datasets = records.mapValues { record in
            let summary = record.summary
            return (
                version: VersionReference(name: summary.name, selector: .number(summary.number)),
                artifact: summary.artifact
            )
        }
        return Resolved(recipe: try file.recipe(source: captured.source, datasets: datasets), datasets: records)
    }

    private func fetch(_ recipe: Recipe, _ datasets: [String: VersionRecord]) async throws -> [RecipeInput] {
        let cache = BlobCache(environment: ProcessInfo.processInfo.environment)
        var inputs: [RecipeInput] = []
        for input in recipe.inputs {
            guard let record = datasets[input.name] else { continue }
            let display = console.progress("input \(input.name)")
            defer { display.finish() }
            let folder = scratch.url("inputs/\(input.name)")
            try await cache.place(record.files, into: folder, client: client, progress: display.report) { file in
                .file(.datasets, input.dataset, file.path)
            }
            inputs.append(
                RecipeInput(name: input.name, folder: FilePath(folder.path(percentEncoded: false)), files: record.files)
            )
        }
        return inputs
    }

    private func workspace() throws -> FilePath {
        let folder = scratch.path.appending("workspace")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        return folder
    }

    // MARK: - After

    /// Sends the outputs, the source and the log, and records the version.
    func push(_ finished: Finished, idempotencyKey: String?) async throws -> CreatedVersion {
        let taken = finished.outcome.outputs.filter(\.belongsToArtifact)
        let local = try taken.map { try LocalFile(hashing: URL(filePath: $0.file.string)) }
        let files = zip(taken, local).map { output, file in
            ArtifactFile(
                path: output.path, size: file.size, sha256: file.sha256,
                mediaType: MediaTypes.of(fileName: output.path.fileName))
        }
        let log = try LocalFile(hashing: finished.log)
        var run = description(of: finished, log: log)
        run.metrics = finished.metrics
        let derived = try IdempotencyKey.derived(
            (file.kind == .datasets ? "dataset:" : "") + file.product.description,
            artifact: ArtifactManifest(files).digest(), commit: captured.source.commit,
            recipe: finished.recipe.canonicalDigest(), buildID: ci?.buildID)
        let key = idempotencyKey ?? derived
        return try await push(local + captured.files + [log]) { [run] in
            switch file.kind {
            case .models:
                try await client.createModelVersion(
                    CreateModelVersion(files: files, run: run), of: file.product, idempotencyKey: key)
            case .datasets:
                try await client.createDatasetVersion(
                    CreateDatasetVersion(files: files, run: run), of: file.product, idempotencyKey: key)
            }
        }
    }

    /// Records a run that failed, with its log.
    func recordFailure(_ finished: Finished) async throws -> RunRecord {
        let log = try LocalFile(hashing: finished.log)
        var run = description(of: finished, log: log)
        run.state = .failed
        return try await push(captured.files + [log]) { [run] in
            try await client.createRun(run, in: file.product.namespace)
        }
    }

    private func push<Answer>(_ files: [LocalFile], _ record: () async throws -> Answer) async throws -> Answer {
        try await PushTransfer(client: client, namespace: file.product.namespace, console: console).send(files)
        return try await client.recording(files, in: file.product.namespace, record)
    }

    private func description(of finished: Finished, log: LocalFile) -> RunDescription {
        var run = RunDescription(
            kind: .train, recipe: finished.recipe, image: file.image, facts: finished.outcome.facts, log: log.sha256)
        run.facts.add(ci)
        return run
    }
}
