import AuditLog
import Foundation
import RegistryTypes
import Testing

/// The layout of C2SP tlog-tiles.
@Suite struct TileTests {
    /// The example of the specification.
    @Test func aLogOf70000EntriesHasTheTilesOfTheExample() throws {
        func widths(_ level: Int?) -> [Int] { Tile.all(level: level, size: 70_000).map(\.width) }
        #expect(widths(0) == Array(repeating: 256, count: 273) + [112])
        #expect(widths(nil) == widths(0))
        #expect(widths(1) == [256, 17])
        #expect(widths(2) == [1])
        #expect(Tile.levels(size: 70_000) == 3)
        #expect(Array(Tile.all(level: 1, size: 70_000)).map(\.path) == ["tile/1/000", "tile/1/001.p/17"])
        #expect(Tile.all(level: nil, size: 70_000).suffix(1).map(\.path) == ["tile/entries/273.p/112"])
        let log = try MemoryLog(size: 70_000)
        let report = try log.check()
        #expect(report.findings == [] && report.entries == 70_000 && report.tiles == 274 + 2 + 1)
        // The tree over tiles is the one over leaves.
        #expect(try log.prover(size: 70_000).root() == MerkleRoot(of: log.leaves).digest)
    }

    @Test func aLogOf256EntriesHasAPartialTileOnLevelOne() {
        #expect(Tile.all(level: 0, size: 256).map(\.path) == ["tile/0/000"])
        #expect(Tile.all(level: 1, size: 256).map(\.path) == ["tile/1/000.p/1"])
        #expect(Tile.levels(size: 0) == 0 && Tile.levels(size: 255) == 1)
    }

    @Test func pathsAreReadAsTheyAreWritten() {
        for (tile, path) in [
            (Tile(level: 0, number: 1_234_067), "tile/0/x001/x234/067"),
            (Tile(level: 3, number: 0, width: 1), "tile/3/000.p/1"),
            (Tile(level: nil, number: 1000, width: 255), "tile/entries/x001/000.p/255"),
        ] {
            #expect(tile.path == path)
            #expect(Tile(path: path) == tile)
        }
        for path in [
            "tile/0/0", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/64/000",
            "tile/0/x000/001", "tile/0/001/067", "tile/0/x001/x067", "tile/-1/000", "tile/entries/", "tile/0/000/",
            "tile/0/../000", "tile/0/-01", "tile/x/000", "tile/0/+01", "tiles/0/000", "tile/0", "",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
        ] { #expect(Tile(path: path) == nil, "\(path)") }
    }

    @Test func bundlesAreReadAsTheyAreWritten() throws {
        let entries = [Data(), Data([1]), Data(count: AuditEntry.maximumSize)]
        let bundle = EntryBundle.encode(entries)
        #expect(bundle.prefix(5) == Data([0, 0, 0, 1, 1]))
        #expect(EntryBundle.decode(bundle) == entries)
        #expect(EntryBundle.decode(bundle.dropLast()) == nil && EntryBundle.decode(bundle + [0]) == nil)
    }
}
