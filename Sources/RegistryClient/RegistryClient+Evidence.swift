public import Foundation
public import RegistryTypes

extension RegistryClient {
    /// The signed statement of a reproduction's verdict.
    public func statement(of reproduction: RunID) async throws -> Envelope {
        try await send(APIRequest(.get, ["reproductions", reproduction.text, "statement"]))
    }

    /// The full verdict of a reproduction, in the bytes whose digest its statement names.
    public func report(of reproduction: RunID) async throws -> Data {
        try await sendForData(APIRequest(.get, ["reproductions", reproduction.text, "report"]))
    }

    /// Where a version came from, as signed SLSA provenance.
    public func provenance(of reference: VersionReference) async throws -> Envelope {
        try await send(APIRequest(.get, Self.path(.models, reference) + ["provenance"]))
    }

    /// The public keys of the server, newest first; no token is needed.
    public func signingKeys() async throws -> SigningKeys {
        var request = APIRequest(.get, [])
        request.path = [".well-known", "assay-keys"]
        return try await send(request)
    }

    /// Has the server sign with a new key from now on.
    public func rotateSigningKey() async throws -> SigningKeyRecord {
        try await send(APIRequest(.post, ["signing-keys", "rotate"]))
    }
}
