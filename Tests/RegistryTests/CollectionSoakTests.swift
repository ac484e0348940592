import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Pushes, removals and collections at the same time, without any grace: whatever is acknowledged stays whole
/// (invariants I2, I13-I15).
@Suite struct CollectionSoakTests {
    /// Few enough contents that the same ones are uploaded, swept and uploaded again all the time.
    private static let contents = (0..<64).map { "content \($0)" }
    private static let pushers = 6
    private static let pushesOfEach = 24

    /// What was acknowledged and not removed again: the texts of each version by its number, for each model.
    private final class Ledger: Sendable {
        let versions = Mutex<[String: [Int: [String]]]>([:])
        let isComplete = Atomic(false)
    }

    @Test func nothingAcknowledgedIsMissingWhileEverythingElseGoes() async throws {
        let test = try await TestRegistry(collectionGrace: 0)
        _ = try await test.push("demo/root", text: "root")
        let ledger = Ledger()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { pushing in
                    for index in 0..<Self.pushers {
                        pushing.addTask { try await Self.push(as: index, to: test, ledger) }
                    }
                    defer { ledger.isComplete.store(true, ordering: .releasing) }
                    try await pushing.waitForAll()
                }
            }
            group.addTask {
                while !ledger.isComplete.load(ordering: .acquiring) {
                    try await test.collect()
                    // Whoever uploads has the file first: between two collections, every row has its file.
                    for digest in try await Self.rows(test).map(\.sha256) {
                        #expect(test.registry.blobs.contains(digest), "a row has lost its file")
                    }
                }
            }
            try await group.waitForAll()
        }
        for _ in 1...2 { try await test.collect() }
        try await Self.check(test, ledger.versions.withLock { $0 })
        let gauges = try await test.registry.gauges()
        #expect(gauges.sweptBlobs > 20, "the collections had nothing to do")
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.registry.blobs.lostAndFound).isEmpty)
    }

    /// Pushes versions of contents that all have in common, which go again, and some of its own, which stay.
    private static func push(as index: Int, to test: TestRegistry, _ ledger: Ledger) async throws {
        var random = SeededDice(seed: UInt64(index) + 1)
        let name = "demo/model\(index)"
        for round in 0..<pushesOfEach {
            // Uploads that no push follows.
            for text in contents.shuffled(using: &random).prefix(6) { _ = try await test.file("f", Data(text.utf8)) }
            let stays = round % 3 == 0
            let own = ["own \(index) \(round)", "own \(round % 4)"]
            let texts = stays ? own : Array(contents.shuffled(using: &random).prefix(3))
            let version = try await push(texts, to: name, test)
            ledger.versions.withLock { $0[name, default: [:]][version.number] = texts }
            guard !stays else { continue }
            try await check(version, texts, test)
            try await test.remove(version)
            ledger.versions.withLock { $0[name]?[version.number] = nil }
        }
    }

    /// What was acknowledged a moment ago is there.
    private static func check(_ version: VersionSummary, _ texts: [String], _ test: TestRegistry) async throws {
        for number in texts.indices {
            let file = try await test.registry.openFile(
                ArtifactPath("f\(number)"), of: VersionReference(name: version.name, selector: .number(version.number)),
                as: test.pusher)
            #expect(try test.registry.blobs.open(file.digest, size: file.size).isIntact())
        }
    }

    /// Uploads and pushes as the command line does: what was collected in between is uploaded anew.
    private static func push(
        _ texts: [String], to name: String, _ test: TestRegistry
    ) async throws -> VersionSummary {
        while true {
            var files: [ArtifactFile] = []
            for (number, text) in texts.enumerated() {
                files.append(try await test.file("f\(number)", Data(text.utf8)))
            }
            do {
                return try await test.push(name, files)
            } catch let error as RegistryError where error.code == .blobUnknown {
                continue
            }
        }
    }

    private static func rows(_ test: TestRegistry) async throws -> [BlobRecord] {
        let queue = try DatabaseQueue(path: test.folder + "/meta.db")
        defer { try? queue.close() }
        return try await queue.read { db in
            try Row.fetchAll(db, sql: "SELECT digest, size FROM blobs").map {
                BlobRecord(sha256: try Digest(bytes: Array($0["digest"] as Data)), size: $0["size"])
            }
        }
    }

    /// Every row has its file with the right bytes, and everything acknowledged has its rows.
    private static func check(_ test: TestRegistry, _ versions: [String: [Int: [String]]]) async throws {
        let rows = try await rows(test)
        for row in rows { #expect(try test.registry.blobs.open(row.sha256, size: row.size).isIntact()) }
        let stored = Set(rows.map(\.sha256))
        for texts in versions.values.flatMap(\.values) {
            for text in texts { #expect(stored.contains(Digest.of(Data(text.utf8))), "\(text)") }
        }
        #expect(versions.values.map(\.count).reduce(0, +) == pushers * pushesOfEach / 3)
    }
}
