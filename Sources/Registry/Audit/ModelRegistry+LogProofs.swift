import AuditLog
package import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// How far the log is signed, and by which keys; for everybody with a token.
    package func logStatus() async throws -> LogStatus {
        let refusal = logSigner.refusal
        return try await database.read { db in
            let (epochs, signed) = (try LogRows.epochs(db), try LogRows.signed(db))
            return LogStatus(
                entries: try LogRows.count(db), checkpoint: signed?.note, signedAt: signed?.signedAt, refusal: refusal,
                keys: try epochs.first.map { epoch in
                    try LogRows.keys(db).map { key in
                        LogKeyRecord(
                            vkey: try VerifierKey(name: epoch.origin, key: key.key).description,
                            validFrom: key.validFrom, validUntil: key.validUntil)
                    }
                } ?? [], epochs: epochs, handovers: try epochs.first.flatMap { try Self.handovers(in: $0, db) })
        }
    }

    private static func handovers(in epoch: LogEpochRecord, _ db: Database) throws -> [String]? {
        let handovers = try LogRows.handovers(in: epoch.number, db).map(\.proof.description)
        return handovers.isEmpty ? nil : handovers
    }

    /// The last signed checkpoint; for everybody with a token.
    package func checkpoint() async throws -> String { try await database.read { try Self.signed($0).note } }

    /// A tile or a bundle of entries by its path below `/api/v1/audit/`; for who may read the whole log.
    package func logTile(_ path: String, as caller: Caller) async throws -> Data {
        guard let tile = Tile(path: path) else {
            throw RegistryError(.notFound, "\(path.prefix(80)) is no tile; one looks like tile/0/x001/234/067.p/12")
        }
        return try await read(caller, refusedAs: .init("log.read", namespace: nil, object: "server")) { db in
            try Self.requireWholeLog(caller, db)
            let size = try Self.signed(db).size
            guard tile.isThere(in: size) else {
                throw RegistryError(.notFound, "a log of \(size) signed entries has no \(tile.path)")
            }
            guard let level = tile.level else {
                let entries = try Data.fetchAll(
                    db.cachedStatement(
                        sql: "SELECT entry FROM audit_entries WHERE sequence >= ? AND sequence < ? ORDER BY sequence"),
                    arguments: [tile.range.lowerBound, tile.range.upperBound])
                return EntryBundle.encode(entries)
            }
            return Data(try LogRows.hashes(level: level, tile.range, db).flatMap(\.bytes))
        }
    }

    /// The proof that an entry stands in the log; for who may read that entry.
    ///
    /// - Parameter size: of which size; the signed one without it.
    package func inclusionProof(of entry: Int64, size: Int64?, as caller: Caller) async throws -> InclusionProof {
        try await read(caller, refusedAs: .init("log.read", namespace: nil, object: "entry:\(entry)")) { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT leaf, namespace_id FROM audit_entries WHERE sequence = ?"),
                arguments: [entry])
            let place = row.flatMap { $0["namespace_id"] as Int64? } ?? 0
            guard let row, try Authorization.has(.readLog, caller, namespace: place, db) else {
                try Self.requireWholeLog(caller, db)
                throw RegistryError(.notFound, "the log has no entry \(entry)")
            }
            let tree = try Self.tree(size, holding: entry, db)
            return InclusionProof(
                entry: entry, size: tree.size, leaf: try row.digest("leaf"), root: try Self.root(of: tree, db),
                hashes: try tree.inclusion(of: entry))
        }
    }

    /// The proof that the log only grew between two sizes; for everybody with a token, since it says nothing of entries.
    package func consistencyProof(from old: Int64, to new: Int64?) async throws -> ConsistencyProof {
        try await database.read { db in
            guard old >= 0 else { throw RegistryError(.invalidRequest, "a size is a number from 0") }
            let tree = try Self.tree(new, holding: old - 1, db)
            return ConsistencyProof(
                from: old, to: tree.size, fromRoot: try LogRows.tree(of: old, db).root(),
                toRoot: try Self.root(of: tree, db),
                hashes: try tree.consistency(from: old))
        }
    }

    /// A file that proves, without this server, that a version was recorded: `tlog-proof` with the entry in it; for who
    /// may know of the version.
    package func logProof(
        of reference: VersionReference, kind: CollectionKind, as caller: Caller
    ) async throws -> String {
        let refusal = AuditEntry(
            "version.proof", namespace: reference.name.namespace.text, object: "\(kind.rawValue):\(reference)")
        return try await read(caller, refusedAs: refusal) { db in
            let collection = try CollectionRows.require(kind, reference.name, for: .readMetadata, caller, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            guard let index = try LogRows.entry(ofVersion: version.digest, db) else {
                throw RegistryError(.notFound, "the log has no entry that \(reference) was made")
            }
            let tree = try Self.tree(nil, holding: index, db)
            let entry = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT entry FROM audit_entries WHERE sequence = ?"), arguments: [index])
            return TlogProof(
                entry: entry ?? Data(), index: index, hashes: try tree.inclusion(of: index),
                checkpoint: try SignedNote(Data(Self.signed(db).note.utf8))
            ).description
        }
    }

    /// The tree of a size that is signed, or of the last one that was, which must hold an entry.
    private static func tree(_ size: Int64?, holding entry: Int64, _ db: Database) throws -> MerkleProver {
        let signed = try signed(db).size
        let size = size ?? signed
        guard (0...signed).contains(size) else {
            throw RegistryError(.notFound, "the log has \(signed) signed entries, not \(size)")
        }
        guard entry < size else {
            guard try size == signed && entry < LogRows.count(db) else {
                throw RegistryError(.notFound, "the first \(size) entries do not reach to \(entry + 1)")
            }
            throw notYetSigned
        }
        return try LogRows.tree(of: size, db)
    }

    /// The root of a tree; that of the signed one is known.
    private static func root(of tree: MerkleProver, _ db: Database) throws -> Digest {
        let signed = try signed(db)
        return tree.size == signed.size ? signed.root : try tree.root()
    }

    private static func signed(_ db: Database) throws -> LogRows.Signed {
        guard let signed = try LogRows.signed(db) else { throw notYetSigned }
        return signed
    }

    private static let notYetSigned = RegistryError(
        .busy,
        "no signed checkpoint covers this yet; there is one within a second, unless `assay audit status` says why not")

    /// Throws `forbidden` unless the caller may read the log of the whole server.
    static func requireWholeLog(_ caller: Caller, _ db: Database) throws {
        guard try !Authorization.has(.readLog, caller, namespace: 0, db) else { return }
        throw RegistryError(
            .forbidden,
            "the log of the whole server is for its own admins and auditors; ask for one namespace, as in "
                + "`assay audit log --namespace risk`")
    }
}
