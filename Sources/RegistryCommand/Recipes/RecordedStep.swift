import Foundation
import RegistryClient
import RegistryTypes

/// Looks for a version that a step has made before from the same: the same wishes, the same data, the same files.
///
/// The commit may be another one, as long as the files of the step's folder are the same: their objects are compared,
/// out of the bundles that prove both commits.
struct RecordedStep {
    let client: RegistryClient
    let scratch: TemporaryFolder

    /// How many of the newest versions are looked at.
    private static let newest = 20

    /// The newest version that a run of the same recipe made; nil if the step has to be run.
    func version(_ kind: CollectionKind, of name: QualifiedName, like recipe: Recipe, from captured: CapturedSource)
        async throws -> VersionSummary?
    {
        guard captured.patch == nil else { return nil }
        for summary in try await versions(kind, of: name) where summary.removedAt == nil {
            let record = try await client.version(
                kind, VersionReference(name: summary.name, selector: .number(summary.number)))
            guard let run = record.run, run.kind == .train, let earlier = run.recipe, earlier.source.patch == nil,
                earlier.replacing(source: recipe.source) == recipe,
                try await isSame(earlier.source, as: captured, in: name.namespace)
            else { continue }
            return summary
        }
        return nil
    }

    /// A step that never ran has no collection.
    private func versions(_ kind: CollectionKind, of name: QualifiedName) async throws -> [VersionSummary] {
        do {
            return try await client.versions(kind, of: name, limit: Self.newest)
        } catch let error as RegistryError where error.code == .notFound {
            return []
        }
    }

    private func isSame(
        _ earlier: Recipe.Source, as captured: CapturedSource, in namespace: ResourceName
    ) async throws -> Bool {
        guard earlier.subfolder == captured.source.subfolder else { return false }
        if earlier.bundle == captured.source.bundle { return true }
        let file = scratch.url("earlier-\(earlier.bundle.hex.prefix(16)).bundle")
        defer { try? FileManager.default.removeItem(at: file) }
        try await client.download(
            .blob(namespace, earlier.bundle), size: nil, limit: Int64(SourceLimits.standard.maxTotalBytes),
            sha256: earlier.bundle, to: file)
        return try Self.files(file, earlier) == Self.files(captured.bundle.url, captured.source)
    }

    /// What the files of a source are, without the commit that holds them.
    private static func files(_ bundle: URL, _ source: Recipe.Source) throws -> [String] {
        try SourceProof.verify(
            bundleAt: bundle, commit: GitObjectID(hex: source.commit.hex), subfolder: SourceSubfolder(source.subfolder)
        ).entries.map { "\($0.kind.rawValue) \($0.id) \($0.path)" }
    }
}

extension Recipe {
    /// The same wishes for another source.
    fileprivate func replacing(source: Source) -> Recipe {
        Recipe(
            source: source, inputs: inputs, parameters: parameters, floats: Set(floats ?? []), seed: seed, env: env,
            environment: environment, train: train, evaluate: evaluate, outputs: outputs, compare: compare,
            resources: resources, timeouts: timeouts)
    }
}
