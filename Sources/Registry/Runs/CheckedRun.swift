import BlobStore
import Foundation
import RegistryTypes

/// A run's description after everything in it was checked that needs no database: recipe, metrics, source proof.
struct CheckedRun: Sendable {
    let description: RunDescription
    /// The source, of the recipe or as told.
    let source: Recipe.Source?
    /// Parts of the source that git does not hold, in words.
    let sourceIncomplete: [String]

    /// Checks a description; the source bundle is read and re-hashed, so call it outside a transaction.
    ///
    /// Throws `invalid-recipe`, `invalid-request`, `nonfinite-number`, `blob-unknown` or `source-not-proven`.
    init(_ description: RunDescription, blobs: FileBlobStore) throws {
        self.description = description
        try description.recipe?.check()
        guard description.kind != .train || description.recipe != nil else {
            throw RegistryError(.invalidRequest, "a run of kind train has a recipe; without one it is an import")
        }
        guard description.recipe == nil || (description.source == nil && description.inputs == nil) else {
            throw RegistryError(.invalidRequest, "source and inputs are the recipe's; do not send them beside it")
        }
        var seen: Set<Metric.Key> = []
        for metric in description.metrics {
            try metric.check()
            guard seen.insert(metric.key).inserted else {
                throw RegistryError(.invalidRequest, "the metric \(metric.name) stands twice at step \(metric.step)")
            }
        }
        try description.image?.check()
        source = description.recipe?.source ?? description.source
        sourceIncomplete = try source.map { try Self.prove($0, blobs: blobs) } ?? []
    }

    /// Proves that the uploaded bundle is the tree of the commit; returns what git does not hold.
    private static func prove(_ source: Recipe.Source, blobs: FileBlobStore) throws -> [String] {
        guard blobs.contains(source.bundle) else {
            throw RegistryError(.blobUnknown, "the source bundle \(source.bundle) has not been uploaded")
        }
        do {
            return try SourceProof.verify(
                bundleAt: URL(filePath: blobs.path(of: source.bundle)), commit: GitObjectID(hex: source.commit.hex),
                subfolder: SourceSubfolder(source.subfolder)
            ).incomplete
        } catch {
            throw RegistryError(
                .sourceNotProven, "the source bundle does not prove commit \(source.commit): \(error)")
        }
    }
}

extension Metric {
    /// What a metric is unique by within its run.
    struct Key: Hashable {
        let name: String
        let step: Int64
        let dataset: VersionReference?
    }

    fileprivate var key: Key { Key(name: name, step: step, dataset: dataset) }
}
