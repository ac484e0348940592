import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1
public import RegistryTypes

extension RegistryClient {
    /// A piece of a log.
    public struct LogPiece: Sendable {
        /// The bytes from the offset that was asked for.
        public var bytes: Data
        /// Whether nothing will follow.
        public var isComplete: Bool
    }

    /// Asks the server to repeat the run behind a version.
    public func requestReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, in collection: CollectionKind = .models,
        tolerances: Recipe.Comparison? = nil
    ) async throws -> ReproductionRecord {
        let request = APIRequest(.post, Self.path(collection, reference) + ["reproductions"])
        return try await send(request.sending(RequestReproduction(kind: kind, compare: tolerances)))
    }

    /// Asks for reproductions that change one thing each on purpose, and one that changes nothing.
    public func requestVariations(
        _ variations: RequestVariations, of reference: VersionReference, in collection: CollectionKind = .models
    ) async throws -> RequestedVariations {
        let request = APIRequest(.post, Self.path(collection, reference) + ["variations"])
        return try await send(request.sending(variations))
    }

    /// Begins a reproduction that the caller carries out with the job's own token.
    public func beginLocalReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, in collection: CollectionKind = .models,
        tolerances: Recipe.Comparison? = nil
    ) async throws -> LocalReproduction {
        let request = APIRequest(.post, Self.path(collection, reference) + ["reproductions", "local"])
        return try await send(request.sending(RequestReproduction(kind: kind, compare: tolerances)))
    }

    /// What is missing or weak about repeating the run behind a version; nothing is run.
    public func checkReproduction(
        _ kind: Verdict.Kind, of reference: VersionReference, in collection: CollectionKind = .models
    ) async throws -> RecipeCheck {
        try await send(
            APIRequest(.get, Self.path(collection, reference) + ["reproducibility"]).asking("kind", kind.rawValue))
    }

    /// The reproductions of a version, newest first.
    public func reproductions(
        of reference: VersionReference, in collection: CollectionKind = .models, limit: Int? = nil
    ) async throws -> [ReproductionRecord] {
        try await list(APIRequest(.get, Self.path(collection, reference) + ["reproductions"]), limit: limit)
    }

    /// One reproduction.
    public func reproduction(_ id: RunID) async throws -> ReproductionRecord {
        try await send(APIRequest(.get, ["reproductions", id.text]))
    }

    /// The log of a reproduction from a byte offset on; while it runs, what there is so far.
    public func reproductionLog(_ id: RunID, from offset: Int) async throws -> LogPiece {
        let request = APIRequest(.get, ["reproductions", id.text, "log"]).asking("offset", String(offset))
        return try await perform(request) { response in
            LogPiece(
                bytes: Data(try await response.body.collect(upTo: Transport.largestDocument).readableBytesView),
                isComplete: response.headers.first(name: "X-Assay-Log-Complete") == "true")
        }
    }

    /// Asks the server to stop a reproduction.
    public func cancelReproduction(_ id: RunID) async throws -> ReproductionRecord {
        try await send(APIRequest(.post, ["reproductions", id.text, "cancel"], isRepeatable: true))
    }
}
