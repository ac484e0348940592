public import Foundation
public import RegistryTypes

extension RegistryClient {
    /// How far the audit log is signed, and with which keys.
    public func logStatus() async throws -> LogStatus { try await send(APIRequest(.get, ["audit", "status"])) }

    /// The last signed checkpoint, in the bytes of the note.
    public func checkpoint() async throws -> Data {
        try await sendForData(APIRequest(.get, ["audit", "checkpoint"]))
    }

    /// A tile of hashes or a bundle of entries: `tile/0/x001/234/067.p/12`, `tile/entries/000`.
    public func logTile(_ path: String) async throws -> Data {
        try await sendForData(APIRequest(.get, ["audit"] + path.split(separator: "/").map(String.init)))
    }

    /// The proof that the log only grew between two sizes.
    public func consistencyProof(from old: Int64, to new: Int64) async throws -> ConsistencyProof {
        let request = APIRequest(.get, ["audit", "proofs", "consistency"])
        return try await send(request.asking("from", String(old)).asking("to", String(new)))
    }

    /// The file that proves, without the server, that a version was recorded.
    public func logProof(_ kind: CollectionKind, of reference: VersionReference) async throws -> Data {
        try await sendForData(APIRequest(.get, Self.path(kind, reference) + ["tlog-proof"]))
    }

    /// Lets the log go on from an older state than was signed.
    public func startLogEpoch(_ request: StartLogEpoch) async throws -> LogEpochRecord {
        try await send(APIRequest(.post, ["audit", "epochs"]).sending(request))
    }

    /// Has the log signed with a new key.
    public func rotateLogKey(_ request: RotateLogKey) async throws -> LogKeyRecord {
        try await send(APIRequest(.post, ["audit", "keys", "rotate"]).sending(request))
    }
}
