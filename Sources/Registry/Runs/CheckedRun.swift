import BlobStore
import Foundation
import RegistryTypes
import WeightFormats

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
        for format in (description.recipe?.outputs ?? []).compactMap(\.format)
        where KnownWeightFormats.named(format) == nil {
            let known = KnownWeightFormats.all.map(\.name).joined(separator: ", ")
            throw RegistryError(
                .invalidRecipe, "\"\(format)\" is not a weight format that Assay reads; use one of \(known)")
        }
        guard description.kind != .train || description.recipe != nil else {
            throw RegistryError(.invalidRequest, "a run of kind train has a recipe; without one it is an import")
        }
        guard description.recipe == nil || (description.source == nil && description.inputs == nil) else {
            throw RegistryError(.invalidRequest, "source and inputs are the recipe's; do not send them beside it")
        }
        for input in description.inputs ?? [] { _ = try ResourceName(input.name) }
        if let url = (description.recipe?.source ?? description.source)?.url { try Recipe.Source.check(url: url) }
        for metric in description.metrics { try metric.check() }
        try Metric.requireUnique(description.metrics)
        try description.image?.check()
        source = description.recipe?.source ?? description.source
        sourceIncomplete = try source.map { try Self.prove($0, blobs: blobs) } ?? []
    }

    /// Checks the description of a run that produced a version; throws `invalid-request` too if it cannot have.
    init(producing kind: CollectionKind, _ description: RunDescription, blobs: FileBlobStore) throws {
        guard description.state == .finished, description.kind != .evaluate else {
            throw RegistryError(.invalidRequest, "a version comes from a finished run of kind train or import")
        }
        let role: Recipe.Role = kind == .model ? .weights : .data
        if let outputs = description.recipe?.outputs, !outputs.contains(where: { $0.role == role }) {
            throw RegistryError(
                .invalidRecipe, "the recipe of a \(kind.rawValue) has an output of role \(role.rawValue)")
        }
        try self.init(description, blobs: blobs)
    }

    /// Takes a run that the registry itself puts together from what it proved before.
    init(repeating recipe: Recipe, _ description: RunDescription) {
        self.description = description
        source = recipe.source
        sourceIncomplete = []
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
