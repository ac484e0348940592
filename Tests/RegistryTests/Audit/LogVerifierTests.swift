import AuditLog
import Foundation
import RegistryTypes
import Testing

/// What was altered is found, and named.
@Suite struct LogVerifierTests {
    private func objects(_ log: MemoryLog) throws -> [String] { try log.check().findings.map(\.object) }

    @Test(arguments: [0, 1, 2, 255, 256, 257, 600, 65_536, 65_537] as [Int64])
    func findsNothingInASoundLog(size: Int64) throws {
        let report = try MemoryLog(size: size).check()
        #expect(report.findings == [] && report.entries == size)
    }

    /// Each byte of each file, one after the other.
    @Test func namesTheTileOfEveryFlippedByte() throws {
        let log = try MemoryLog(size: 600)
        for (path, bytes) in log.files where path.hasPrefix("tile/") && !path.hasPrefix("tile/entries") {
            for offset in stride(from: 0, to: bytes.count, by: bytes.count > 100 ? 97 : 1) {
                var changed = log
                changed.flip(path, at: offset)
                #expect(try objects(changed) == [path], "\(path) at \(offset)")
            }
            var shorter = log
            shorter.files[path] = bytes.dropLast()
            #expect(try objects(shorter) == [path])
            shorter.files[path] = nil
            #expect(try objects(shorter) == [path])
        }
    }

    @Test func namesTheEntryOfEveryFlippedByte() throws {
        let log = try MemoryLog(size: 600)
        for (number, entry) in log.entries.enumerated() where number % 37 == 0 || number > 590 {
            let path = Tile(level: nil, number: Int64(number / 256), width: number < 512 ? 256 : 88).path
            let before = log.entries[(number / 256 * 256)..<number].reduce(0) { $0 + 2 + $1.count }
            for offset in 0..<entry.count {
                var changed = log
                changed.flip(path, at: before + 2 + offset)
                #expect(try objects(changed) == ["entry \(number)"], "byte \(offset)")
            }
            // A length that does not fit leaves no entry where it was.
            var changed = log
            changed.flip(path, at: before)
            #expect(try objects(changed) == [path])
        }
    }

    @Test func namesEachOfSeveral() throws {
        var log = try MemoryLog(size: 70_000)
        log.flip("tile/entries/005", at: 2)
        log.flip("tile/0/007", at: 77)
        log.flip("tile/1/001.p/17", at: 320)
        log.files["tile/entries/100"] = nil
        #expect(
            try Set(objects(log)) == [
                "entry 1280", "tile/0/007", "tile/1/001.p/17", "tile/entries/100",
            ])
    }

    @Test func anEntryThatWasChangedWithItsTileIsFoundByWhatIsAbove() throws {
        let log = try MemoryLog(size: 70_000)
        var changed = log
        func rewrite(_ number: Int) throws {
            var entries = Array(log.entries[(number / 256 * 256)..<min(70_000, number / 256 * 256 + 256)])
            entries[number % 256] = Data("forged".utf8)
            let tile = Tile(level: 0, number: Int64(number / 256), width: entries.count)
            changed.files[Tile(level: nil, number: tile.number, width: tile.width).path] = EntryBundle.encode(entries)
            changed.files[tile.path] = Data(entries.flatMap { MerkleTree.leafHash($0).bytes })
        }
        try rewrite(1000)
        #expect(try objects(changed) == ["entries 768 to 1023"])
        // At the right edge only the root is above.
        changed = log
        try rewrite(69_999)
        #expect(try objects(changed) == ["checkpoint"])
    }

    @Test func aLogThatWasMadeAnewHasAnotherRoot() throws {
        let (log, other) = (try MemoryLog(size: 600), try MemoryLog(size: 599))
        var mixed = other
        mixed.files["checkpoint"] = log.files["checkpoint"]
        #expect(throws: RegistryError.self) { try mixed.check() }
        // Signed by the right key, over another root.
        var forged = log
        try forged.sign(Checkpoint(origin: log.origin, size: 600, root: Digest.of(Data())))
        #expect(try objects(forged) == ["checkpoint"])
    }

    @Test func everyFlippedByteOfTheCheckpointIsRefused() throws {
        let log = try MemoryLog(size: 600)
        for offset in 0..<(log.files["checkpoint"]?.count ?? 0) {
            var changed = log
            changed.flip("checkpoint", at: offset)
            #expect(throws: RegistryError.self, "byte \(offset)") { try changed.check() }
        }
    }

    @Test func anOlderCheckpointMustBeABeginning() throws {
        let log = try MemoryLog(size: 600)
        func found(_ size: Int64, _ root: Digest, origin: String? = nil) throws -> [String] {
            let old = Checkpoint(origin: origin ?? log.origin, size: size, root: root)
            return try log.check(known: [(old, "kept")]).findings.map(\.detail)
        }
        let right = MerkleRoot(of: log.leaves.prefix(300)).digest
        #expect(try found(300, right) == [])
        #expect(try found(300, Digest.of(Data())).first?.contains("did not grow from kept") == true)
        #expect(try found(601, right).first?.contains("older than kept") == true)
        #expect(try found(300, right, origin: "other").first?.contains("another log") == true)
    }
}
