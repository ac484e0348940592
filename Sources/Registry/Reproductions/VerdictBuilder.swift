import BlobStore
import Foundation
import RegistryTypes
import WeightFormats

/// Judges a reproduction, over bytes that the server holds and hashes itself (contract: "Verdict: a record").
struct VerdictBuilder {
    let run: ReproducedRun
    let blobs: FileBlobStore

    /// Reads and compares all outputs that count; takes about two seconds for each GiB of weights.
    func verdict() throws -> (verdict: Verdict, metrics: [Metric]) {
        let result = run.result
        var verdict = Verdict(
            kind: run.kind, verdict: .failed, explanation: result.explanation,
            conditions: run.original.facts.conditions(of: result.facts), flags: run.original.flags,
            executor: result.facts.executor, worker: run.worker)
        if let reason = result.notVerifiable {
            verdict.verdict = .notVerifiable
            verdict.reason = reason
            return (verdict, [])
        }
        if let reason = result.failure {
            verdict.reason = reason
            return (verdict, [])
        }
        let metrics: [Metric]
        do {
            verdict.outputs = try run.kind == .retrain ? weights() : []
            metrics = try reproducedMetrics()
        } catch let obstacle as Obstacle {
            verdict.verdict = obstacle.reason.outcome
            verdict.reason = obstacle.reason.rawValue
            verdict.explanation = obstacle.explanation
            return (verdict, [])
        }
        verdict.metrics = MetricEvidence.compare(
            original: originalMetrics(comparedWith: metrics), reproduced: metrics,
            tolerances: run.compare.metrics)
        judge(&verdict)
        flag(&verdict, metrics)
        verdict.shortenMetrics()
        return (verdict, metrics)
    }

    // MARK: - The rules

    private func judge(_ verdict: inout Verdict) {
        if !verdict.outputs.isEmpty {
            verdict.verdict = Verdict.Outcome(outputs: verdict.outputs, metrics: verdict.metrics)
            guard verdict.verdict == .notVerifiable else { return }
            let opaque = verdict.outputs.first { $0.verdict == .notVerifiable }
            verdict.reason = opaque?.reason?.rawValue ?? OutputReason.formatOpaque.rawValue
            verdict.explanation = opaque.map { "\($0.path): \($0.detail ?? "the bytes differ")" }
        } else if verdict.metrics.isEmpty {
            verdict.verdict = .notVerifiable
            verdict.reason = VerdictReason.noMetrics.rawValue
            verdict.explanation = "The recipe declares no output that could be compared."
        } else {
            // An evaluation, or a recipe without weights: the metrics decide alone.
            let areSame = verdict.metrics.allSatisfy { $0.result == .identical }
            verdict.verdict = Verdict.Outcome(worst: areSame ? .bitIdentical : .diverged, metrics: verdict.metrics)
        }
    }

    private func flag(_ verdict: inout Verdict, _ metrics: [Metric]) {
        let isNonfinite = verdict.outputs.contains {
            $0.totals.nonfiniteOriginal.total > 0 || $0.totals.nonfiniteReproduced.total > 0
        }
        if isNonfinite || metrics.contains(where: \.isNonfinite), !verdict.flags.contains("nonfinite") {
            verdict.flags.insert("nonfinite", at: 0)
        }
        let areMetricsFar = verdict.metrics.contains { $0.result == .differs || $0.result == .missing }
        if areMetricsFar, verdict.verdict != .diverged { verdict.flags.append("metrics-differ") }
        if run.later != nil { verdict.flags.append("post-hoc-tolerance") }
    }

    // MARK: - The two sides

    /// Why nothing can be compared.
    private struct Obstacle: Error {
        let reason: VerdictReason
        let explanation: String
    }

    private func weights() throws -> [OutputEvidence] {
        let rules = try ComparisonRules(tensors: run.compare.tensors)
        return try run.recipe.outputs.filter(\.role.isProduct).map { output in
            guard let original = run.files.first(where: { $0.path == output.path }) else {
                throw Obstacle(
                    reason: .originalMissing,
                    explanation: "The version holds no file \(output.path), which its recipe declares.")
            }
            return WeightComparison.compare(
                original: try open(original, reason: .originalCorrupt),
                reproduced: try open(reproduced(output), reason: .reproducedCorrupt),
                output: ComparedOutput(
                    path: output.path, role: output.role, format: output.format.flatMap(KnownWeightFormats.named)),
                rules: rules)
        }
    }

    private func reproduced(_ output: Recipe.Output) throws -> ArtifactFile {
        guard let file = run.result.outputs.first(where: { $0.path == output.path }) else {
            throw Obstacle(reason: .missingOutput, explanation: "The run did not write \(output.path).")
        }
        return file
    }

    private func open(_ file: ArtifactFile, reason: VerdictReason) throws -> ComparedFile {
        do {
            return try blobs.compared(file)
        } catch let error as RegistryError where error.code == .blobCorrupt {
            throw Obstacle(
                reason: reason,
                explanation: "The stored bytes of \(file.path) no longer match their digest \(file.sha256).")
        }
    }

    private var metricsOutputs: [Recipe.Output] {
        run.recipe.outputs.filter { $0.role == .metrics && (run.kind == .retrain || $0.phase == .evaluate) }
    }

    private func dataset(_ output: Recipe.Output) -> VersionReference? {
        run.recipe.inputs.first { $0.name == output.input }?.dataset
    }

    private func reproducedMetrics() throws -> [Metric] {
        let metrics = try metricsOutputs.flatMap { output in
            let file = try reproduced(output)
            do {
                guard file.size <= MetricsFile.maximumSize else {
                    throw RegistryError(.payloadTooLarge, "a metrics file has at most \(MetricsFile.maximumSize) bytes")
                }
                _ = try open(file, reason: .reproducedCorrupt)
                let data = try Data(contentsOf: URL(filePath: blobs.path(of: file.sha256)))
                return try MetricsFile.parse(data, dataset: dataset(output))
            } catch let error as RegistryError {
                throw Obstacle(reason: .metricsUnreadable, explanation: "\(output.path): \(error.message)")
            }
        }
        do {
            try Metric.requireUnique(metrics)
        } catch let error as RegistryError {
            throw Obstacle(reason: .metricsUnreadable, explanation: error.message)
        }
        return metrics
    }

    /// For an evaluation alone, what training measured is left aside.
    private func originalMetrics(comparedWith reproduced: [Metric]) -> [Metric] {
        guard run.kind == .evaluate else { return run.metrics }
        let measured = Set(metricsOutputs.compactMap(dataset))
        let names = Set(reproduced.filter { $0.dataset == nil }.map(\.name))
        return run.metrics.filter { $0.dataset.map(measured.contains) ?? names.contains($0.name) }
    }
}
