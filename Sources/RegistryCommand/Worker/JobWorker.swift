import Foundation
import RegistryClient
import RegistryTypes
import Reproduction
import SystemPackage

/// Carries out one job: fetches what the specification names, runs it, sends the outputs and reports.
///
/// It judges nothing: the server compares, over bytes that it hashed itself.
struct JobWorker: Sendable {
    let client: RegistryClient
    let id: RunID
    /// The executor that was chosen; nil for the first that works.
    let executor: String?
    let scratch: TemporaryFolder

    /// Works until the result is reported. A lost lease or a lost server ends it without one, and so does cancelling,
    /// unless the run was over already.
    func run() async throws {
        let job = try await client.job(id)
        let log = JobLog(client: client, id: id)
        let stage = JobStage()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                let result = try await stage.stoppable { try await work(on: job, log: log, stage) }
                stage.isReporting = true
                try await report(result, log)
                return true
            }
            group.addTask {
                try await keepLease(of: job, stage)
                return false
            }
            group.addTask {
                await log.flushRegularly()
                return false
            }
            defer { group.cancelAll() }
            while let isReported = try await group.next(), !isReported {}
        }
    }

    /// Reports in a task of its own, which goes on though this process is told to end.
    private func report(_ result: JobResult, _ log: JobLog) async throws {
        // A run that was cut short here says nothing about the version: the job waits again.
        guard !Task.isCancelled || (result.failure == nil && result.notVerifiable == nil) else {
            throw CancellationError()
        }
        try await Task {
            await log.flush()
            try await client.reportJob(id, result)
        }.value
    }

    /// Sends heartbeats, at once when a new stage begins; stops the run when the server asks for its end.
    private func keepLease(of job: JobSpecification, _ stage: JobStage) async throws {
        let pause = Duration.seconds(max(job.leaseSeconds, 3)) / 3
        while true {
            let phase = stage.phase
            do {
                if try await client.heartbeat(id, phase).cancelled { stage.stop() }
            } catch let error as RegistryError where error.code == .conflict && stage.isReporting {
                // The report overtook the heartbeat; if it did not end the job, it says so itself.
                return
            }
            let next = ContinuousClock.now + pause
            repeat {
                try await ContinuousClock().sleep(for: .milliseconds(250))
            } while stage.phase == phase && ContinuousClock.now < next
        }
    }

    private func work(on job: JobSpecification, log: JobLog, _ stage: JobStage) async throws -> JobResult {
        var result: JobResult
        do {
            let outcome = try await carryOut(job, log: log, stage)
            stage.phase = .sending
            let outputs = outcome.outputs.filter { $0.role.counts && (job.kind == .retrain || $0.phase == .evaluate) }
            result = JobResult(
                outputs: outcome.failure == nil ? try await send(outputs) : [], facts: outcome.facts,
                failure: outcome.failure?.reason.rawValue, explanation: outcome.failure?.explanation)
        } catch {
            guard let obstacle = JobObstacle(error) else { throw error }
            result = JobResult(
                outputs: [], facts: RunFacts(), explanation: obstacle.explanation,
                notVerifiable: obstacle.reason.rawValue)
        }
        result.log = await sendLog(log)
        return result
    }

    private func carryOut(
        _ job: JobSpecification, log: JobLog, _ stage: JobStage
    ) async throws -> RecipeOutcome {
        let (found, probes) = await Executors.firstAvailable(only: executor)
        guard let found else { throw JobObstacle(noExecutorAmong: probes) }
        let source = job.recipe.source
        let bundle = scratch.url("source.bundle")
        try await fetchSource(source.bundle, to: bundle)
        var patch: URL?
        if let digest = source.patch {
            let file = scratch.url("source.patch")
            try await fetchSource(digest, to: file)
            patch = file
        }
        var inputs: [RecipeInput] = []
        for folder in job.inputs {
            inputs.append(
                try await fetch(
                    folder.files, name: folder.name, below: "inputs",
                    isKept: job.recipe.isEnvironment(folder.name), missing: job.recipe.reason(lacking: folder.name)))
        }
        var model: RecipeInput?
        if job.kind == .evaluate, let files = job.model {
            model = try await fetch(
                files, name: "model", below: "original", missing: .originalCorrupt, changed: .originalCorrupt)
        }
        let workspace = scratch.path.appending("workspace")
        try FileManager.default.createDirectory(atPath: workspace.string, withIntermediateDirectories: false)
        let request = RecipeRunner.Request(
            recipe: job.recipe, kind: job.kind, sourceBundle: bundle, patch: patch, inputs: inputs, model: model,
            workspace: workspace, variation: job.variation)
        stage.phase = .running
        return try await RecipeRunner(executor: found).run(request) { await log.append($0) }
    }

    // MARK: - Bytes

    /// Fetches files into a folder.
    ///
    /// - Parameter isKept: whether they are large and the same for many jobs, so that the machine keeps them.
    private func fetch(
        _ files: [ArtifactFile], name: String, below: String, isKept: Bool = false, missing: VerdictReason,
        changed: VerdictReason = .inputDigestMismatch
    ) async throws -> RecipeInput {
        let folder = scratch.url("\(below)/\(name)")
        do {
            if isKept {
                let cache = BlobCache(environment: ProcessInfo.processInfo.environment)
                try await cache.place(files, into: folder, client: client, progress: { _, _ in }) {
                    .job(id, $0.sha256)
                }
            } else {
                try await client.pull(files, into: folder, replacing: false) { .job(id, $0.sha256) }
            }
        } catch let error as RegistryError {
            throw JobObstacle(fetching: name, missing: missing, changed: changed, error) ?? error
        }
        return RecipeInput(name: name, folder: FilePath(folder.path(percentEncoded: false)), files: files)
    }

    /// Fetches a part of the source, of which only the digest is known.
    private func fetchSource(_ digest: Digest, to file: URL) async throws {
        do {
            try await client.download(
                .job(id, digest), size: nil, limit: Int64(SourceLimits.standard.maxTotalBytes), sha256: digest,
                to: file)
        } catch let error as RegistryError {
            throw JobObstacle(
                fetching: "the source", missing: .sourceMissing, changed: .sourceMissing, error) ?? error
        }
    }

    private func send(_ outputs: [RecipeOutput]) async throws -> [ArtifactFile] {
        let local = try outputs.map { try LocalFile(hashing: URL(filePath: $0.file.string)) }
        try await client.upload(local, to: .job(id))
        return zip(outputs, local).map { output, file in
            ArtifactFile(
                path: output.path, size: file.size, sha256: file.sha256,
                mediaType: MediaTypes.of(fileName: output.path.fileName))
        }
    }

    /// The log is worth less than the result: a log that cannot be sent is left out.
    private func sendLog(_ log: JobLog) async -> Digest? {
        let file = scratch.url("job.log")
        guard (try? await Data(log.text.utf8).write(to: file)) != nil, let local = try? LocalFile(hashing: file),
            (try? await client.upload(local, to: .job(id))) != nil
        else { return nil }
        return local.sha256
    }
}
