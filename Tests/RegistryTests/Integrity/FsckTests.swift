import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// The check of the whole store finds what is wrong and nothing else (invariants I2, I19).
@Suite struct FsckTests {
    /// A registry with a bit of everything, closed, so that its folder may be checked and damaged.
    private func stoppedRegistry() async throws -> TestRegistry {
        let test = try await TestRegistry()
        _ = try await test.train([
            "w.safetensors": TestRecipe.safetensors([1, 2]), "m.json": Data(#"{"loss":1}"#.utf8),
        ])
        try await test.dataset("demo/data", "1,2,3")
        try test.registry.close()
        return test
    }

    private func check(_ test: TestRegistry, readData: Bool = true) async throws -> FsckReport {
        try await OfflineFsck.run(dataFolder: test.folder + "/copy", readsData: readData)
    }

    /// The data folder of a registry whose lock is held, copied so that it can be checked offline.
    private func copy(_ test: TestRegistry) async throws {
        try? FileManager.default.removeItem(atPath: test.folder + "/copy")
        try FileManager.default.createDirectory(atPath: test.folder + "/copy", withIntermediateDirectories: false)
        for name in ["meta.db", "meta.db-wal", "blobs", "uploads"] {
            try FileManager.default.copyItem(atPath: "\(test.folder)/\(name)", toPath: "\(test.folder)/copy/\(name)")
        }
        // One file, so that what is flipped in it is what is read.
        let queue = try DatabaseQueue(path: test.folder + "/copy/meta.db")
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try queue.close()
    }

    @Test func findsNothingInASoundStore() async throws {
        let test = try await TestRegistry()
        _ = try await test.train([
            "w.safetensors": TestRecipe.safetensors([1, 2]), "m.json": Data(#"{"loss":1}"#.utf8),
        ])
        for readData in [false, true] {
            let report = try await test.fsck(readData: readData)
            #expect(report.findings == [])
            #expect(report.blobs == 2 && report.files == 2 && report.artifacts == 1 && report.recipes == 1)
            #expect(report.versions == 1 && report.auditEntries > 5 && report.auditRoot != nil)
        }
        try test.registry.close()
        try await copy(test)
        #expect(try await check(test).findings == [])
    }

    @Test func I19_findsEveryFlippedByteOfABlob() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w", Data((0..<200).map { UInt8($0) }))
        let path = test.registry.blobs.path(of: file.sha256)
        for offset in 0..<200 {
            try Damage.flip(path, at: offset, by: UInt8(1 << (offset % 8)))
            let damage = try test.registry.blobs.readingDamage(of: file.sha256, size: file.size) { _ in }
            #expect(damage?.problem == .wrongBytes, "byte \(offset)")
            await expectError(.blobCorrupt) { _ = try await test.bytes(of: file) }
            try Damage.flip(path, at: offset, by: UInt8(1 << (offset % 8)))
        }
        #expect(try await test.fsck().isSound)
    }

    @Test func I2_namesMissingShortAndOrphanFiles() async throws {
        let test = try await stoppedRegistry()
        try await copy(test)
        let blobs = FileBlobStore(reading: test.folder + "/copy")
        let data = Digest.of(Data("1,2,3".utf8))
        let weights = Digest.of(TestRecipe.safetensors([1, 2]))
        try FileManager.default.removeItem(atPath: blobs.path(of: data))
        try Damage.cut(blobs.path(of: weights), to: 3)
        let orphan = blobs.path(of: Digest.of(Data("orphan".utf8)))
        let stranger = blobs.blobs + "/00/notes.txt"
        for path in [orphan, stranger] { try Data("orphan".utf8).write(to: URL(filePath: path)) }
        for readData in [false, true] {
            let found = try await check(test, readData: readData).findings
            #expect(
                Set(found.map { "\($0.object) \($0.problem.rawValue)" }) == [
                    "blob:\(data) missing", "blob:\(weights) wrong-length", "file:\(orphan) orphan",
                    "file:\(stranger) orphan",
                ])
            #expect(found.allSatisfy { !$0.advice.isEmpty })
        }
        #expect(FileManager.default.fileExists(atPath: orphan), "orphans are named, never deleted")
    }

    @Test func aRunningServerTakesWhatItFindsOutOfService() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w", Data("weights".utf8))
        try Damage.flip(test.registry.blobs.path(of: file.sha256), at: 2)
        #expect(try await test.fsck(readData: false).isSound, "a look at the length does not see it")
        #expect(try await test.fsck().findings.map(\.problem) == [.wrongBytes])
        #expect(try await test.registry.scrubStatus(as: test.admin).corrupt.map(\.sha256) == [file.sha256])
        // A young file without a row may be a push on its way.
        let young = test.registry.blobs.path(of: Digest.of(Data("young".utf8)))
        try Data("young".utf8).write(to: URL(filePath: young))
        #expect(try await test.fsck().findings.map(\.problem) == [.missing])
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: young)
        #expect(try await test.fsck().findings.map(\.problem) == [.missing, .orphan])
    }

    /// Rows that say something else than what was hashed: triggers forbid it, somebody with the file at hand does not care.
    @Test(
        arguments: [
            ("versions", "UPDATE versions SET document = replace(document, 'version', 'Version')", "wrong-digest"),
            ("versions", "UPDATE versions SET number = number + 7", "contradiction"),
            ("runs", "UPDATE runs SET facts = '{}'", "contradiction"),
            ("metrics", "UPDATE metrics SET value = value + 0.5", "contradiction"),
            ("runs", "UPDATE runs SET source_commit = replace(source_commit, 'a', 'b')", "contradiction"),
            ("recipes", "UPDATE recipes SET document = replace(document, 'seed', 'Seed')", "wrong-digest"),
            (
                "artifact_manifests", "UPDATE artifact_manifests SET manifest = replace(manifest, 'w.', 'v.')",
                "wrong-digest"
            ),
            ("artifact_files", "UPDATE artifact_files SET path = '../x'", "contradiction"),
            ("artifact_files", "DELETE FROM artifact_files", "contradiction"),
            (
                "audit_entries", "UPDATE audit_entries SET entry = replace(entry, 'token.create', 'Token.create')",
                "wrong-digest"
            ),
            ("audit_entries", "DELETE FROM audit_entries WHERE sequence = 3", "gap"),
            ("collections", "DELETE FROM collections", "dangling"),
        ])
    func findsChangedRows(table: String, sql: String, problem: String) async throws {
        let test = try await stoppedRegistry()
        try await copy(test)
        // A BLOB stays a BLOB.
        let typed = sql.replacing(/SET (document|manifest|entry) = (replace\(.*\))/) {
            "SET \($0.1) = CAST(\($0.2) AS BLOB)"
        }
        try await alter(test, [typed])
        let found = try await check(test, readData: false).findings
        #expect(found.contains { $0.problem.rawValue == problem }, "\(found)")
    }

    /// Changes the copy's rows as somebody with the file at hand would: without triggers, and without foreign keys.
    private func alter(_ test: TestRegistry, _ statements: [String], keepingTriggers: Bool = false) async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: test.folder + "/copy/meta.db", configuration: configuration)
        try await queue.write { db in
            let triggers = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in keepingTriggers ? [] : triggers { try db.execute(sql: "DROP TRIGGER \(name)") }
            for sql in statements {
                let before = db.totalChangesCount
                try db.execute(sql: sql)
                #expect(db.totalChangesCount > before, "\(sql)")
            }
        }
        try queue.close()
    }

    /// What a flipped byte in a page does: it is found, or it lies where nothing is (free space) or where no digest covers
    /// it (names, times, metrics). It never ends the program.
    @Test func aFlippedByteInAPageNeverEndsTheCheck() async throws {
        let test = try await stoppedRegistry()
        try await copy(test)
        let path = test.folder + "/copy/meta.db"
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        var found = 0
        // In every page one byte of the header, where the cells are found, and two of what it holds.
        for page in 0..<(size / 4096) {
            for offset in [3, 5, 4090 - page % 50, 2048 + page] {
                let place = page * 4096 + offset % 4096
                try Damage.flip(path, at: place, by: 0x55)
                if try await !check(test, readData: false).isSound { found += 1 }
                try Damage.flip(path, at: place, by: 0x55)
            }
        }
        #expect(found > size / 4096, "\(found) of \(size / 1024) were found")
        #expect(try await check(test).isSound)
    }

    @Test func findsEveryFlippedByteOfWhatIsHashed() async throws {
        let test = try await stoppedRegistry()
        try await copy(test)
        let path = test.folder + "/copy/meta.db"
        let bytes = try Data(contentsOf: URL(filePath: path))
        for text in [#"{"artifact":"sha256:"#, #"[{"mediaType":"#, #"{"action":"version.create""#, #"{"compare":"#] {
            let range = try #require(bytes.range(of: Data(text.utf8)), "\(text)")
            for offset in stride(from: range.lowerBound, to: range.lowerBound + 160, by: 9) {
                try Damage.flip(path, at: offset)
                #expect(try await !check(test, readData: false).isSound, "\(text) at \(offset)")
                try Damage.flip(path, at: offset)
            }
        }
    }

    @Test func refusesAFolderInUseAndOneThatHoldsNothing() async throws {
        let test = try await TestRegistry()
        await expectError(.dataFolderInUse) { _ = try await OfflineFsck.run(dataFolder: test.folder, readsData: false) }
        let nowhere = test.folder + "-nowhere"
        await expectError(.dataFolderUnusable) { _ = try await OfflineFsck.run(dataFolder: nowhere, readsData: false) }
        #expect(!FileManager.default.fileExists(atPath: nowhere))
    }

    @Test func aDatabaseThatIsNoneIsAFinding() async throws {
        let test = try await stoppedRegistry()
        try await copy(test)
        try Data("this is not a database, but a text that stands where one should be".utf8)
            .write(to: URL(filePath: test.folder + "/copy/meta.db"))
        #expect(try await check(test).findings.map(\.object).contains("database"))
    }
}
