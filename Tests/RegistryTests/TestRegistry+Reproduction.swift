import BlobStore
import Foundation
import Registry
import RegistryTypes

extension TestRegistry {
    /// What a run wrote, by path.
    typealias Outputs = [String: Data]

    /// Pushes a version with a recipe; outputs called `*.json` are metrics of phase evaluate, the rest weights.
    func train(
        _ outputs: Outputs, name: String = "demo/model", compare: Recipe.Comparison = .init(),
        resources: Recipe.Resources = .init(), env: [String: String] = [:],
        host: [String: String] = ["cpu.model": "x"]
    ) async throws -> VersionReference {
        let (bundle, commit) = TestRecipe.bundle()
        let source = try await file("source", bundle)
        let declared = try outputs.keys.sorted().map { path in
            Recipe.Output(
                path: try ArtifactPath(path), role: path.hasSuffix(".json") ? .metrics : .weights,
                phase: path.hasSuffix(".json") ? .evaluate : .train)
        }
        let recipe = Recipe(
            source: Recipe.Source(url: nil, commit: try GitCommit(commit), subfolder: "", bundle: source.sha256),
            inputs: [], parameters: [:], seed: 1, env: env, environment: .init(kind: .host),
            train: ["/usr/bin/python3", "train.py"], evaluate: ["/usr/bin/python3", "evaluate.py"], outputs: declared,
            compare: compare, resources: resources, timeouts: .init())
        var run = RunDescription(kind: .train, recipe: recipe)
        run.facts.host = host
        var files: [ArtifactFile] = []
        for (path, data) in outputs {
            if path.hasSuffix(".json") {
                run.metrics += try MetricsFile.parse(data)
            } else {
                files.append(try await file(path, data))
            }
        }
        let name = try QualifiedName(name)
        _ = try await registry.pushVersion(CreateModelVersion(files: files, run: run), of: name, as: pusher)
        return VersionReference(name: name, selector: .latest)
    }

    /// A worker's identity for a job that was leased.
    func worker(_ job: LeasedJob) async throws -> Caller {
        try await registry.authenticate(job.token.revealed, requestID: "w")
    }

    /// Uploads what a job wrote.
    func upload(_ outputs: Outputs, of job: RunID, as worker: Caller) async throws -> [ArtifactFile] {
        var files: [ArtifactFile] = []
        for (path, data) in outputs {
            let upload = try registry.blobs.beginUpload()
            try data.withUnsafeBytes { try upload.write($0) }
            let blob = try await registry.finishUpload(
                upload, expecting: Digest.of(data), size: Int64(data.count), ofJob: job, as: worker)
            files.append(ArtifactFile(path: try ArtifactPath(path), size: blob.size, sha256: blob.sha256))
        }
        return files
    }

    /// Carries out the next job with a worker that writes the given outputs; returns how it ended, nil without a job.
    func carryOutNext(writing outputs: Outputs, facts: RunFacts = RunFacts()) async throws -> ReproductionRecord? {
        guard let job = try await registry.leaseJob() else { return nil }
        let worker = try await worker(job)
        let result = JobResult(outputs: try await upload(outputs, of: job.id, as: worker), facts: facts)
        try await registry.finishJob(job.id, result, as: worker)
        return try await registry.reproduction(job.id, as: admin)
    }

    /// Reproduces a version with a worker that writes the given outputs; returns the verdict.
    func reproduce(
        _ version: VersionReference, kind: Verdict.Kind = .retrain, writing outputs: Outputs,
        facts: RunFacts? = nil
    ) async throws -> Verdict? {
        let asked = try await registry.requestReproduction(kind, of: version, as: approver)
        guard let job = try await registry.leaseJob() else { return nil }
        let worker = try await worker(job)
        var result = JobResult(outputs: try await upload(outputs, of: job.id, as: worker), facts: facts ?? RunFacts())
        result.facts.executor = "bubblewrap"
        try await registry.finishJob(job.id, result, as: worker)
        return try await registry.reproduction(asked.id, as: approver).verdict
    }
}
