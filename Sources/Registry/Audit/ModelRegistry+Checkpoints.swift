import AuditLog
import Foundation
import GRDB
import RegistryTypes

extension ModelRegistry {
    /// Signs the log as it is now; returns the note, or nil where nothing is new or somebody else is signing.
    ///
    /// The order is: hash what is new and compare it with its rows; make sure that what was signed before is a part of it
    /// (rule A2); sign; the file `log-head`; the row. Whoever sees the checkpoint sees it after all of that. A crash in
    /// between signs the same again.
    ///
    /// - Throws: `conflict` where the database is older than what was signed, or another one: an operator has to start a
    ///   new epoch. `integrity-failure` where a row was altered.
    @discardableResult
    package func signCheckpoint() async throws -> String? {
        try await startFirstEpoch()
        guard let begun = logSigner.begin() else { return nil }
        do {
            let position = try await database.read(LogPosition.init)
            let tree = try await grown(begun.tree, to: position.count)
            if begun.checkedEpoch != position.epoch.number { try await requirePast(of: position) }
            let note = position.signed?.size == tree.size ? nil : try await sign(tree, position)
            logSigner.end(tree, checkedEpoch: position.epoch.number)
            return note?.description
        } catch {
            logSigner.fail(error)
            throw error
        }
    }

    /// A tree, and those of its subtrees that have no row yet.
    private struct GrowingTree: Sendable {
        var tree: MerkleRoot
        var subtrees: [LogRows.Subtree] = []
    }

    /// How many entries are hashed at a time.
    private static let step: Int64 = 4096

    /// The tree over all entries, with the new ones hashed; without a tree to begin with, what rows say is taken.
    private func grown(_ known: MerkleRoot?, to count: Int64) async throws -> MerkleRoot {
        let kept = known == nil ? try await database.read { db in try LogRows.tree(db).tree() } : nil
        var tree = known ?? kept ?? MerkleRoot()
        while tree.size < count {
            let before = tree
            let growing = try await database.read { db in try Self.hashed(before, to: count, db) }
            if !growing.subtrees.isEmpty { try await keepBooks { db, _ in try LogRows.keep(growing.subtrees, db) } }
            tree = growing.tree
        }
        return tree
    }

    private static func hashed(_ before: MerkleRoot, to count: Int64, _ db: Database) throws -> GrowingTree {
        var growing = GrowingTree(tree: before)
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, entry, leaf FROM audit_entries WHERE sequence >= ? AND sequence < ?
                    ORDER BY sequence
                    """), arguments: [before.size, min(count, before.size + step)])
        while let row = try rows.next() {
            let leaf = MerkleTree.leafHash(row["entry"] as Data)
            guard (row["sequence"] as Int64) == growing.tree.size, try row.digest("leaf") == leaf else {
                throw RegistryError(
                    .integrityFailure,
                    "the row \(growing.tree.size) of audit_entries was altered: it does not have its leaf hash. Nothing is "
                        + "signed; restore the newest backup that is sound")
            }
            for (index, root) in growing.tree.append(leaf).enumerated() {
                let level = index + 1
                growing.subtrees.append(.init(level: level, number: growing.tree.size >> (8 * level) - 1, root: root))
            }
        }
        return growing
    }

    private func sign(_ tree: MerkleRoot, _ position: LogPosition) async throws -> SignedNote {
        let (checkpoint, now) = (
            Checkpoint(origin: position.epoch.origin, size: tree.size, root: tree.digest), clock()
        )
        let (keys, head) = (logKeys, logHead)
        for ended in position.keys where !ended.signs(at: now) { keys.remove(ended.key.id) }
        let signers = position.keys.filter { $0.signs(at: now) }
        let note = try await Blocking.waitForDisk {
            let present = try signers.filter { $0.validUntil == nil || keys.contains($0.key.id) }.map { signer in
                guard keys.contains(signer.key.id) else {
                    throw RegistryError(
                        .conflict,
                        "the private key of the audit log is gone, and nothing is signed; `assay audit rotate-key` makes "
                            + "a new one")
                }
                return (checkpoint.origin, try keys.read(signer.key.id))
            }
            let note = try SignedNote(checkpoint.text, signedBy: present)
            try head.write(note)
            return note
        }
        let (text, epoch, successor) = (note.description, position.epoch.number, position.successor(in: note))
        try await keepBooks { db, _ in
            try LogRows.keep(checkpoint, note: text, epoch: epoch, at: now, db)
            if let successor { try LogRows.keepHandover(to: successor, note: text, epoch: epoch, at: now, db) }
        }
        return note
    }

    /// Rule A2: what was signed before, by the file and by the row, must be a beginning of what there is now.
    private func requirePast(of position: LogPosition) async throws {
        let file = try logHead.read()
        var known: [(size: Int64, root: Digest)] = []
        if let signed = position.signed {
            guard file != nil else { throw Self.restored("it has no log-head, which no backup holds") }
            known.append((signed.size, signed.root))
        } else if file == nil, !position.keys.contains(where: { logKeys.contains($0.key.id) }) {
            throw Self.restored("it has neither a log-head nor one of its keys, which no backup holds")
        }
        if let file, file.description != position.epoch.previous || position.signed != nil {
            let head = try Checkpoint(text: file.text)
            guard head.origin == position.epoch.origin else {
                throw Self.restored("its log-head is of another log, \(head.origin)")
            }
            try file.verified(
                by: position.keys.map { try VerifierKey(name: head.origin, key: $0.key) })
            known.append((head.size, head.root))
        }
        let facts = known
        try await database.read { db in
            for (size, root) in facts {
                guard size <= position.count else {
                    throw Self.restored("\(size) entries were signed, and it has \(position.count)")
                }
                guard try LogRows.tree(of: size, db).root() == root else {
                    throw Self.restored("its first \(size) entries are not those that were signed")
                }
            }
        }
    }

    private static func restored(_ what: String) -> RegistryError {
        RegistryError(
            .conflict,
            "this database is not the one whose audit log was signed last: \(what). Nothing is signed. If it was restored "
                + "on purpose, `assay audit new-epoch` lets the log go on, visibly", details: ["log": LogSigner.other])
    }
}

/// Where the log is.
struct LogPosition: Sendable {
    let count: Int64
    let epoch: LogEpochRecord
    let signed: LogRows.Signed?
    let keys: [LogRows.Key]

    /// Reads it; throws `conflict` before the first epoch.
    init(_ db: Database) throws {
        guard let epoch = try LogRows.epoch(db) else {
            throw RegistryError(
                .conflict,
                "this database has no signed log, but the data folder has one of another: nothing is signed. If it was put "
                    + "there on purpose, `assay audit new-epoch` lets the log begin, visibly",
                details: ["log": LogSigner.other])
        }
        self.epoch = epoch
        count = try LogRows.count(db)
        signed = try LogRows.signed(db)
        keys = try LogRows.keys(db)
    }

    /// The present key, where a note over the entry that announces it is signed by the key before too.
    func successor(in note: SignedNote) -> PublicKey? {
        guard note.signatures.count > 1, let key = keys.first(where: { $0.validUntil == nil }),
            let entry = key.announcedIn, entry < count
        else { return nil }
        return key.key
    }
}
