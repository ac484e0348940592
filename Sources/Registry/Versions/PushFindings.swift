import BlobStore
import RegistryTypes
import WeightFormats

/// What is wrong with a push, yet no reason to refuse it: flags that stay with the version, and sentences for the pusher.
struct PushFindings: Sendable {
    /// `nonfinite`, `unsearched`, `dirty-source`, `source-incomplete`.
    private(set) var flags: [String] = []
    /// The same in sentences that say where.
    private(set) var warnings: [String] = []
    /// What loading the files would import; nil for data.
    private(set) var files: ScannedFiles?

    /// A file of the push, with the format that it is declared to have, or seems to have.
    private struct Content {
        let path: ArtifactPath
        let bytes: MappedFile
        let format: any WeightFormat
        /// Whether the recipe says that it holds weights.
        let isDeclared: Bool
    }

    /// Looks through the metrics, the weights, what loading them would import, and the source.
    init(_ manifest: ArtifactManifest, _ run: CheckedRun, blobs: FileBlobStore) throws {
        let outputs = (run.description.recipe?.outputs ?? []).filter { $0.role == .weights }
        var culprits: [String] = []
        var files = ScannedFiles()
        for file in manifest.files where file.mode != .symlink && blobs.contains(file.sha256) {
            let content = try Self.content(of: file, outputs, blobs)
            if let culprit = try searchWeights(content) { culprits.append(culprit) }
            if let file = ImportScan.look(at: content.bytes, content.path, as: content.format) { files.add(file) }
        }
        self.files = files
        culprits += Self.nonfiniteMetrics(run.description.metrics)
        if !culprits.isEmpty {
            flags.append("nonfinite")
            warnings += culprits.map { "NOT FINITE: \($0)" }
            warnings.append("this version can never be approved, because of NaN or infinity; push a fixed version")
        }
        try addSource(of: run)
    }

    /// Looks at the source alone: values that are no numbers are nothing wrong in data.
    init(source run: CheckedRun) throws {
        try addSource(of: run)
    }

    private mutating func addSource(of run: CheckedRun) throws {
        if run.source?.patch != nil {
            flags.append("dirty-source")
            warnings.append("the source had changes that were not committed; they are stored as a patch")
        }
        if !run.sourceIncomplete.isEmpty {
            flags.append("source-incomplete")
            let parts = run.sourceIncomplete.prefix(Self.longestList).joined(separator: "; ")
            warnings.append("git does not hold all of the source, so no reproduction can be run: \(parts)")
        }
    }

    /// The most tensors, metrics or parts that a sentence names.
    private static let longestList = 5

    private static func content(
        of file: ArtifactFile, _ outputs: [Recipe.Output], _ blobs: FileBlobStore
    ) throws -> Content {
        let bytes = try MappedFile(path: blobs.path(of: file.sha256))
        let declared = outputs.first { $0.path == file.path }
        let format =
            declared?.format.flatMap(KnownWeightFormats.named)
            ?? KnownWeightFormats.detect(fileName: file.path.fileName, file: bytes)
        return Content(path: file.path, bytes: bytes, format: format, isDeclared: declared != nil)
    }

    /// Looks for NaN and infinite weights, and says where. Weights in which they cannot be looked for are named: those that
    /// the recipe declares, and files of a format that Assay reads.
    private mutating func searchWeights(_ file: Content) throws -> String? {
        guard file.isDeclared || !file.format.isGeneral else { return nil }
        do {
            let found = try file.format.open(file.bytes, layout: nil).nonfinite()
            guard !found.isEmpty else { return nil }
            let tensors = found.map {
                "\($0.tensor.isEmpty ? "the array" : $0.tensor) (\(Self.describe($0.counts)))"
            }
            return "\(file.path) holds values that are no numbers: \(Self.list(tensors))"
        } catch let error as RegistryError {
            if !flags.contains("unsearched") { flags.append("unsearched") }
            warnings.append(
                "\(file.path) cannot be read as \(file.format.name), so it was not searched for NaN: \(error.message)")
            return nil
        }
    }

    private static func nonfiniteMetrics(_ metrics: [Metric]) -> [String] {
        let points = Dictionary(grouping: metrics.filter(\.isNonfinite)) { "\($0.name) is \($0.class.rawValue)" }
        let names = points.sorted { $0.key < $1.key }.map { fact, points in
            points.count == 1 ? fact : "\(fact) at \(points.count) points"
        }
        return names.isEmpty ? [] : ["the run measured values that are no numbers: \(list(names))"]
    }

    private static func describe(_ counts: NonfiniteCounts) -> String {
        [(counts.nan, "NaN"), (counts.positiveInfinity, "+inf"), (counts.negativeInfinity, "-inf")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    private static func list(_ items: [String]) -> String {
        let more = items.count > longestList ? " and \(items.count - longestList) more" : ""
        return items.prefix(longestList).joined(separator: ", ") + more
    }
}
