import AuditLog
import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Rules A1 to A5 of the log: what is signed, when nothing is, and what a restore does.
@Suite struct CheckpointTests {
    private func head(_ test: TestRegistry) throws -> String {
        try String(contentsOfFile: test.folder + "/log-head", encoding: .utf8)
    }

    private func checkpoint(_ note: String?) throws -> Checkpoint {
        try Checkpoint(text: SignedNote(Data(try #require(note).utf8)).text)
    }

    /// The root over all entries, hashed one by one.
    private func root(_ registry: ModelRegistry, first size: Int64? = nil) async throws -> (Int64, Digest) {
        let leaves = try await registry.auditEntries(after: -1, limit: 100_000).map { entry in
            MerkleTree.leafHash(try entry.entry.canonicalBytes())
        }
        let root = MerkleRoot(of: leaves.prefix(size.map { Int($0) } ?? leaves.count))
        return (root.size, root.digest)
    }

    /// Many entries at once, as writes would leave them.
    private func fill(_ test: TestRegistry, _ count: Int) async throws {
        try await test.registry.write(test.admin, refusedAs: .init("test", namespace: nil, object: "x")) { db, _ in
            var next = try Int64.fetchOne(db, sql: "SELECT max(sequence) + 1 FROM audit_entries") ?? 0
            for _ in 0..<count {
                let entry = Data(#"{"action":"test","seq":\#(next)}"#.utf8)
                try db.execute(
                    sql: "INSERT INTO audit_entries VALUES (?, ?, ?, NULL)",
                    arguments: [next, entry, Data(MerkleTree.leafHash(entry).bytes)])
                next += 1
            }
            return Written((), .init("test", namespace: nil, object: "x"))
        }
    }

    @Test func signsWhatIsThere_andNothingWhenNothingIsNew() async throws {
        let test = try await TestRegistry()
        let first = try await test.registry.signCheckpoint()
        let signed = try checkpoint(first)
        let (size, digest) = try await root(test.registry)
        #expect(signed.size == size && signed.root == digest && signed.origin.hasPrefix("assay-log/"))
        #expect(try head(test) == first)
        #expect(try await test.registry.checkpoint() == first)
        #expect(try await test.registry.signCheckpoint() == nil)
        #expect(try await root(test.registry).0 == size, "signing is no entry")
        _ = try await test.file("f", Data("x".utf8))
        #expect(try checkpoint(await test.registry.signCheckpoint()).size == size + 1)
        let status = try await test.registry.logStatus()
        let key = try VerifierKey(#require(status.keys.first).vkey)
        #expect(status.keys.count == 1 && status.refusal == nil && status.epochs.count == 1)
        #expect(try SignedNote(Data(head(test).utf8)).verified(by: [key]) == [key])
        #expect(try await test.actions(on: "log:\(signed.origin)") == ["log-epoch.start"])
        #expect(try await test.fsck().findings == [])
    }

    @Test func theTreeOverTilesIsTheTreeOverEntries_afterAStartToo() async throws {
        let test = try await TestRegistry()
        for count in [200, 100, 700, 65_000] {
            try await fill(test, count)
            let signed = try checkpoint(await test.registry.signCheckpoint())
            let all = try await root(test.registry)
            #expect(signed.size == all.0 && signed.root == all.1)
        }
        let size = try checkpoint(head(test)).size
        #expect(size > 65_536)
        try await test.restart { registry in
            _ = try await registry.createNamespace(ResourceName("more"), as: test.admin)
            let signed = try checkpoint(await registry.signCheckpoint())
            let all = try await root(registry)
            #expect(signed.size == size + 1 && signed.root == all.1)
        }
        // Everything that a kit has is served, and right.
        let note = Data(try head(test).utf8)
        let key = try VerifierKey(#require(await test.registry.logStatus().keys.first).vkey)
        var files: [String: Data] = [:]
        for level in [nil, 0, 1, 2] as [Int?] {
            for tile in Tile.all(level: level, size: size) {
                files[tile.path] = try await test.registry.logTile(tile.path, as: test.admin)
            }
        }
        let kit = files
        var check = try LogVerifier(checkpoint: note, keys: [key], read: { kit[$0] })
        let report = try check.run()
        #expect(report.findings == [] && report.entries == size && report.announced == [key.description])
        await expectError(.notFound) { _ = try await test.registry.logTile("tile/0/x001/000", as: test.admin) }
        await expectError(.notFound) { _ = try await test.registry.logTile("tile/../../meta.db", as: test.admin) }
        await expectError(.forbidden) { _ = try await test.registry.logTile("tile/0/000", as: test.approver) }
        #expect(try await test.fsck(readData: false).findings == [])
    }

    @Test func provesEntriesAndGrowth() async throws {
        let test = try await TestRegistry()
        let old = try checkpoint(await test.registry.signCheckpoint())
        let version = try await test.push("demo/m", [try await test.file("f", Data("x".utf8))])
        let reference = VersionReference(name: version.name, selector: .number(version.number))
        await expectError(.busy) {
            _ = try await test.registry.logProof(of: reference, kind: .model, as: test.approver)
        }
        try await fill(test, 600)
        let new = try checkpoint(await test.registry.signCheckpoint())
        let growth = try await test.registry.consistencyProof(from: old.size, to: nil)
        #expect(growth.toRoot == new.root && growth.fromRoot == old.root && growth.to == new.size)
        #expect(MerkleProof.isConsistent((old.size, old.root), (new.size, new.root), proof: growth.hashes))
        for entry in [0, 3, 255, 256, new.size - 1] {
            let proof = try await test.registry.inclusionProof(of: entry, size: nil, as: test.admin)
            #expect(
                MerkleProof.isIncluded(proof.leaf, at: entry, size: new.size, root: new.root, proof: proof.hashes))
        }
        await expectError(.notFound) { _ = try await test.registry.inclusionProof(of: 5000, size: nil, as: test.admin) }
        await expectError(.notFound) {
            _ = try await test.registry.consistencyProof(from: 5, to: new.size + 1)
        }
        await expectError(.forbidden) {
            _ = try await test.registry.inclusionProof(of: 0, size: nil, as: test.approver)
        }
        let text = try await test.registry.logProof(of: reference, kind: .model, as: test.approver)
        let key = try VerifierKey(#require(await test.registry.logStatus().keys.first).vkey)
        let proof = try TlogProof(Data(text.utf8))
        #expect(try proof.verified(by: [key]) == new)
        #expect(try JSONParser.parse(proof.entry)["digest"]?.string == version.digest.description)
        #expect(try JSONParser.parse(proof.entry)["action"]?.string == "version.create")
    }

    /// A2: a backup of an older state.
    @Test func afterARestoreNothingIsSignedUntilANewEpoch() async throws {
        let test = try await TestRegistry()
        let before = try await test.registry.signCheckpoint()
        _ = try await test.backUp()
        _ = try await test.file("later", Data("later".utf8))
        try await test.registry.signCheckpoint()
        let target = test.folder + "-restored"
        defer { try? FileManager.default.removeItem(atPath: target) }
        _ = try await Restore(backup: test.backups, target: target, allowsIncomplete: false).run()
        for name in ["log-head", "log-keys"] {
            #expect(!FileManager.default.fileExists(atPath: "\(target)/\(name)"), "no backup holds it")
        }
        let registry = try ModelRegistry(dataFolder: target, clock: { 1_800_000_000_000 })
        for _ in 0..<2 {
            let error = await expectError(.conflict) { try await registry.signCheckpoint() }
            #expect(error?.message.contains("new-epoch") == true)
        }
        #expect(try await registry.logStatus().refusal?.contains("no log-head") == true)
        #expect(try await registry.checkpoint() == before, "what was signed is still shown")
        await expectError(.forbidden) {
            _ = try await registry.startLogEpoch(StartLogEpoch(reason: "x"), as: test.approver)
        }
        await expectError(.invalidRequest) {
            _ = try await registry.startLogEpoch(StartLogEpoch(reason: " "), as: test.admin)
        }
        let epoch = try await registry.startLogEpoch(StartLogEpoch(reason: "the disk failed"), as: test.admin)
        let old = try checkpoint(before)
        #expect(epoch.number == 2 && epoch.origin == old.origin.dropLast() + "2" && epoch.previous == before)
        let signed = try checkpoint(await registry.signCheckpoint())
        #expect(signed.origin == epoch.origin && signed.size > old.size)
        #expect(try await registry.logStatus().refusal == nil)
        let entry = try #require(try await registry.auditEntries(after: signed.size - 2, limit: 1).first?.entry)
        #expect(entry["after"]?["reason"]?.string == "the disk failed")
        #expect(entry["before"]?["size"]?.int == Int(old.size))
        // Not twice.
        await expectError(.conflict) {
            _ = try await registry.startLogEpoch(StartLogEpoch(reason: "again"), as: test.admin)
        }
        #expect(try await registry.signCheckpoint() == nil)
        try registry.close()
    }

    /// A2: the database is put back or altered while everything else stays.
    @Test func aDatabaseThatIsNotTheOneThatWasSignedIsRefused() async throws {
        let test = try await TestRegistry()
        _ = try await test.backUp()
        try await fill(test, 300)
        try await test.registry.signCheckpoint()
        let backup = test.folder + "-old"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        _ = try await Restore(backup: test.backups, target: backup, allowsIncomplete: false).run()
        func refusal(_ change: (String) async throws -> Void) async throws -> String {
            let copy = test.folder + "-copy"
            try? FileManager.default.removeItem(atPath: copy)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            try FileManager.default.copyItem(atPath: test.folder, toPath: copy)
            try await change(copy)
            let registry = try ModelRegistry(dataFolder: copy, clock: { 1_800_000_000_000 })
            defer { try? registry.close() }
            do {
                _ = try await registry.signCheckpoint()
                return "signed"
            } catch let error as RegistryError {
                return error.message
            }
        }
        func sql(_ text: String) -> (String) async throws -> Void {
            { folder in
                let queue = try DatabaseQueue(path: folder + "/meta.db")
                try await queue.write { db in
                    let triggers = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
                    for name in triggers { try db.execute(sql: "DROP TRIGGER \(name)") }
                    try db.execute(sql: text)
                }
                try queue.close()
            }
        }
        let noRows = try await refusal(sql("DELETE FROM audit_subtrees"))
        #expect(noRows == "signed" || noRows.isEmpty, "they are made anew: \(noRows)")
        let older = try await refusal { folder in
            for name in ["meta.db", "meta.db-wal", "meta.db-shm"] {
                try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
            try FileManager.default.copyItem(atPath: backup + "/meta.db", toPath: folder + "/meta.db")
        }
        #expect(older.contains("another") || older.contains("no signed log"), "\(older)")
        let cut = try await refusal(sql("DELETE FROM audit_entries WHERE sequence > 290"))
        #expect(cut.contains("entries were signed, and it has 291"), "\(cut)")
        let changed = try await refusal(sql("UPDATE audit_entries SET leaf = zeroblob(32) WHERE sequence = 280"))
        #expect(changed.contains("row 280 of audit_entries was altered"), "\(changed)")
        let entry = try await refusal(sql("UPDATE audit_entries SET entry = X'7B7D' WHERE sequence = 280"))
        #expect(entry.contains("row 280 of audit_entries was altered"), "\(entry)")
        let subtree = try await refusal(sql("UPDATE audit_subtrees SET root = zeroblob(32)"))
        #expect(subtree.contains("not those that were signed"), "\(subtree)")
        let swapped = try await refusal { folder in
            try FileManager.default.removeItem(atPath: folder + "/meta.db-wal")
            try FileManager.default.removeItem(atPath: folder + "/meta.db")
        }
        #expect(swapped.contains("no signed log"), "\(swapped)")
        let headless = try await refusal { try FileManager.default.removeItem(atPath: $0 + "/log-head") }
        #expect(headless.contains("no log-head"), "\(headless)")
        let forged = try await refusal { folder in
            let old = try checkpoint(String(contentsOfFile: folder + "/log-head", encoding: .utf8))
            let note = try SignedNote(old.text, signedBy: [(old.origin, SigningKey())])
            try note.description.write(toFile: folder + "/log-head", atomically: true, encoding: .utf8)
        }
        #expect(forged.contains("none of the keys"), "\(forged)")
        let keyless = try await refusal { folder in
            try FileManager.default.removeItem(atPath: folder + "/log-keys")
            try await sql("DELETE FROM checkpoints")(folder)
        }
        #expect(keyless.contains("rotate-key"), "\(keyless)")
    }

    /// The file is written before the row: a crash in between signs the same again.
    @Test func aCrashBetweenFileAndRowIsNoFork() async throws {
        let test = try await TestRegistry()
        try await test.registry.signCheckpoint()
        _ = try await test.file("f", Data("x".utf8))
        let copy = test.folder + "-crashed"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: test.folder, toPath: copy)
        let note = try #require(try await test.registry.signCheckpoint())
        try note.write(toFile: copy + "/log-head", atomically: true, encoding: .utf8)
        let registry = try ModelRegistry(dataFolder: copy, clock: { 1_800_000_000_000 })
        #expect(try await registry.signCheckpoint() == note)
        try registry.close()
    }

    /// A5
    @Test func twoKeysSignForAWeekAfterARotation() async throws {
        let test = try await TestRegistry()
        let old = try VerifierKey(
            #require(
                try await {
                    try await test.registry.signCheckpoint(); return try await test.registry.logStatus()
                }().keys.first
            ).vkey)
        await expectError(.forbidden) { _ = try await test.registry.rotateLogKey(RotateLogKey(), as: test.approver) }
        let new = try VerifierKey(try await test.registry.rotateLogKey(RotateLogKey(), as: test.admin).vkey)
        let both = try SignedNote(Data(try #require(await test.registry.signCheckpoint()).utf8))
        #expect(try both.verified(by: [old]) == [old] && both.verified(by: [new]) == [new])
        let entry = try #require(
            try await test.registry.auditEntries(after: -1, limit: 1000).map(\.entry)
                .last { $0["action"]?.string == "log-key.create" })
        #expect(entry["after"]?["vkey"]?.string == new.description)
        #expect(entry["before"]?["vkey"]?.string == old.description)
        let files = { try FileManager.default.contentsOfDirectory(atPath: test.folder + "/log-keys").count }
        #expect(try files() == 2)
        test.clock.now.withLock { $0 += ModelRegistry.logKeyOverlap }
        _ = try await test.file("f", Data("x".utf8))
        let one = try SignedNote(Data(try #require(await test.registry.signCheckpoint()).utf8))
        #expect(one.signatures.count == 1)
        #expect(try one.verified(by: [new]) == [new])
        #expect(try files() == 1, "the private half of the old one is destroyed")
        // A key that others may have ends at once.
        let third = try VerifierKey(
            try await test.registry.rotateLogKey(RotateLogKey(immediately: true), as: test.admin).vkey)
        let last = try SignedNote(Data(try #require(await test.registry.signCheckpoint()).utf8))
        #expect(last.signatures.count == 1)
        #expect(try last.verified(by: [third]) == [third])
    }

    @Test func theSecondOfTwoThatSignAtOnceDoesNothing() async throws {
        let test = try await TestRegistry()
        try await fill(test, 5000)
        let notes = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<8 { group.addTask { try await test.registry.signCheckpoint() } }
            return try await group.reduce(into: [String]()) { notes, note in note.map { notes.append($0) } }
        }
        #expect(notes.count == 1)
    }
}
