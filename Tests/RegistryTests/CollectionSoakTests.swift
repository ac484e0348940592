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
    /// Few enough contents that the same ones are pushed, swept and pushed again all the time.
    private static let contents = (0..<24).map { "content \($0)" }
    private static let pushers = 4
    private static let pushesOfEach = 40

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
            group.addTask { while !ledger.isComplete.load(ordering: .acquiring) { try await test.collect() } }
            try await group.waitForAll()
        }
        for _ in 1...2 { try await test.collect() }
        try await Self.check(test, ledger.versions.withLock { $0 })
        let gauges = try await test.registry.gauges()
        #expect(gauges.sweptBlobs > 100, "the collections had nothing to do")
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.registry.blobs.lostAndFound).isEmpty)
    }

    /// Pushes versions of a few contents and one of its own, and removes every second version again.
    private static func push(as index: Int, to test: TestRegistry, _ ledger: Ledger) async throws {
        var random = SplitMix(seed: UInt64(index) + 1)
        let name = "demo/model\(index)"
        for round in 0..<pushesOfEach {
            let texts = (0..<3).map { _ in contents.randomElement(using: &random) ?? "" } + ["own \(index) \(round)"]
            let version = try await push(Array(Set(texts)).sorted(), to: name, test)
            ledger.versions.withLock { $0[name, default: [:]][version.number] = texts }
            guard round % 4 != 0 else { continue }
            try await test.remove(version)
            ledger.versions.withLock { $0[name]?[version.number] = nil }
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

    /// Every row has its file with the right bytes, and everything acknowledged has its rows.
    private static func check(_ test: TestRegistry, _ versions: [String: [Int: [String]]]) async throws {
        let queue = try DatabaseQueue(path: test.folder + "/meta.db")
        let rows = try await queue.read { db in
            try Row.fetchAll(db, sql: "SELECT digest, size FROM blobs").map {
                ($0["digest"] as Data, $0["size"] as Int64)
            }
        }
        try queue.close()
        for (digest, size) in rows {
            let digest = try Digest(bytes: Array(digest))
            #expect(try test.registry.blobs.open(digest, size: size).isIntact())
        }
        let stored = Set(rows.map(\.0))
        for texts in versions.values.flatMap(\.values) {
            for text in texts { #expect(stored.contains(Data(Digest.of(Data(text.utf8)).bytes)), "\(text)") }
        }
        #expect(versions.values.map(\.count).reduce(0, +) == pushers * pushesOfEach / 4)
    }
}

/// SplitMix64: the same choices on every machine.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
