import BlobStore
import RegistryTypes
import WeightFormats

/// The work of comparing two versions: file by file, then metrics, recipes and conditions.
struct VersionComparison: Sendable {
    let left: ComparedVersion
    let right: ComparedVersion
    let rules: Recipe.Comparison
    let all: Bool
    let blobs: FileBlobStore

    /// A file that both sides have.
    private struct Pair {
        let left: ArtifactFile
        let right: ArtifactFile

        /// Whether there is anything to read.
        func isRead(all: Bool) -> Bool {
            left.mode != .symlink && right.mode != .symlink && (all || left.sha256 != right.sha256)
        }
    }

    /// Reads and compares; ends early, with an error, if it is cancelled.
    func difference(_ cancellation: Blocking.Cancellation) throws -> VersionDifference {
        let others = Dictionary(right.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let pairs = left.files.compactMap { file in others[file.path].map { Pair(left: file, right: $0) } }
        try checkSize(pairs)
        let paired = Set(pairs.map(\.left.path))
        let tensors = try ComparisonRules(tensors: rules.tensors)
        let files = try pairs.map { pair in
            try cancellation.check()
            return try compare(pair, tensors)
        }
        return VersionDifference(
            left: left.side, right: right.side, files: files,
            onlyLeft: left.files.map(\.path).filter { !paired.contains($0) },
            onlyRight: right.files.map(\.path).filter { !paired.contains($0) },
            metrics: MetricEvidence.compare(
                original: left.metrics, reproduced: right.metrics, tolerances: rules.metrics),
            recipe: FieldChange.between(try left.recipeFields, try right.recipeFields, field: ""),
            facts: FieldChange.between(left.conditions, right.conditions))
    }

    /// The role of a file of which no recipe says anything.
    private var role: Recipe.Role { left.kind == .model ? .weights : .data }

    private func checkSize(_ pairs: [Pair]) throws {
        let bytes = pairs.filter { $0.isRead(all: all) }.reduce(Int64(0)) { $0 + $1.left.size + $1.right.size }
        guard bytes <= ModelRegistry.mostComparedBytes else {
            throw RegistryError(
                .payloadTooLarge,
                "\(bytes >> 30) GiB would have to be read, and the server compares at most "
                    + "\(ModelRegistry.mostComparedBytes >> 30) GiB at once; fetch both with `assay pull` and compare the files"
            )
        }
    }

    private func compare(_ pair: Pair, _ rules: ComparisonRules) throws -> OutputEvidence {
        let output = left.recipe?.outputs.first { $0.path == pair.left.path }
        guard pair.isRead(all: all) else { return unread(pair, output) }
        return WeightComparison.compare(
            original: try blobs.compared(pair.left), reproduced: try blobs.compared(pair.right),
            output: ComparedOutput(
                path: pair.left.path, role: output?.role ?? role,
                format: output?.format.flatMap(KnownWeightFormats.named)),
            rules: rules, listing: all ? ModelRegistry.mostComparedTensors : OutputEvidence.maximumTensors)
    }

    /// Of equal digests nothing has to be read; a link is what it points to.
    private func unread(_ pair: Pair, _ output: Recipe.Output?) -> OutputEvidence {
        OutputEvidence(
            path: pair.left.path, role: output?.role ?? role, format: output?.format ?? "bytes",
            verdict: pair.left.sha256 == pair.right.sha256 ? .bitIdentical : .diverged,
            originalDigest: pair.left.sha256, reproducedDigest: pair.right.sha256)
    }
}
