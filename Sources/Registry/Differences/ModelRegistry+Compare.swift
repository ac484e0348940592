import AuditLog
import BlobStore
import Foundation
import GRDB
package import RegistryTypes
import WeightFormats

extension ModelRegistry {
    /// The most bytes of both sides that one comparison reads: about 20 seconds of work.
    package static let mostComparedBytes: Int64 = 16 << 30
    /// How many tensors of a file a comparison lists that is asked for all of them.
    package static let mostComparedTensors = 5000

    /// Compares two versions, over bytes that are hashed again here; the caller must be allowed to fetch both.
    ///
    /// - Parameters:
    ///   - later: tolerances that count instead of those of the left version's recipe.
    ///   - all: whether equal files are read and equal tensors listed too.
    /// - Throws: what fetching throws, `payload-too-large`, `busy`, or `blob-corrupt` for bytes that were lost.
    package func compare(
        _ left: Reference, _ right: Reference, tolerances later: Recipe.Comparison?, all: Bool, as caller: Caller
    ) async throws -> VersionDifference {
        try later?.check()
        let (first, kind) = try Self.version(left)
        let (second, otherKind) = try Self.version(right)
        guard kind == otherKind else {
            throw RegistryError(.invalidRequest, "a model and a dataset cannot be compared with each other")
        }
        let refusal = AuditEntry(
            "version.compare", namespace: first.name.namespace.text, object: "\(kind.rawValue):\(first)",
            after: ["with": .string("\(kind.rawValue):\(second)")])
        let now = clock()
        let sides = try await read(caller, refusedAs: refusal) { db in
            (
                left: try ComparedVersion.of(first, kind, caller, at: now, db),
                right: try ComparedVersion.of(second, kind, caller, at: now, db)
            )
        }
        let comparison = VersionComparison(
            left: sides.left, right: sides.right,
            rules: (sides.left.recipe?.compare ?? .init()).overridden(by: later), all: all, blobs: blobs)
        return try await comparisons.pass {
            try await Blocking.runCancellably(.lower(by: 19)) { try comparison.difference($0) }
        }
    }

    private static func version(_ reference: Reference) throws -> (VersionReference, CollectionKind) {
        switch reference {
        case .model(let version): (version, .model)
        case .dataset(let version): (version, .dataset)
        case let other:
            throw RegistryError(.invalidReference, "\(other) is not a version of a model or dataset")
        }
    }
}
