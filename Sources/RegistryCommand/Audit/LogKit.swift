import AuditLog
import Foundation
import RegistryClient
import RegistryTypes

/// A folder with all that is needed to check a log without its server: `checkpoint`, `vkeys`, `handover-…`,
/// `tile/…`. No secrets.
struct LogKit {
    /// How many tiles are fetched at a time.
    private static let width = 8

    let folder: URL

    /// Fetches the log as it was signed last; returns its checkpoint.
    func fetch(from client: RegistryClient, _ progress: @escaping @Sendable (Int64, Int64) -> Void) async throws
        -> Checkpoint
    {
        let (status, note) = (try await client.logStatus(), try await client.checkpoint())
        let checkpoint = try Checkpoint(text: SignedNote(note).text)
        try write(note, "checkpoint")
        let keys = status.keys.filter { $0.validUntil.map { $0 > Wording.now } ?? true }.map(\.vkey)
        try write(Data(keys.map { $0 + "\n" }.joined().utf8), "vkeys")
        for (number, previous) in status.epochs.compactMap({ epoch in epoch.previous.map { (epoch.number, $0) } }) {
            try write(Data(previous.utf8), "before-epoch-\(number)")
        }
        for (index, handover) in (status.handovers ?? []).enumerated() {
            try write(Data(handover.utf8), "handover-\(index + 1)")
        }
        let levels = (0..<Tile.levels(size: checkpoint.size)).map(Optional.some) + [nil]
        let tiles = levels.flatMap { Array(Tile.all(level: $0, size: checkpoint.size)) }
        let done = Count()
        try await forEachConcurrently(tiles, atMost: Self.width) { _, tile in
            try write(await client.logTile(tile.path), tile.path)
            progress(await done.next(), Int64(tiles.count))
        }
        return checkpoint
    }

    /// A file of the kit; nil if it is not there.
    func read(_ path: String) -> Data? { FileManager.default.contents(atPath: folder.appending(path: path).path) }

    /// The keys that came with the kit.
    func keys() throws -> [VerifierKey] {
        guard let text = read("vkeys") else {
            throw RegistryError(.notFound, "there is no vkeys in \(folder.path); name the key of the log with --vkey")
        }
        return try String(decoding: text, as: UTF8.self).split(separator: "\n").map { try VerifierKey($0) }
    }

    /// How the keys of the log followed each other, oldest first.
    func handovers() throws -> [KeyHandover] {
        var handovers: [KeyHandover] = []
        while let text = read("handover-\(handovers.count + 1)") { handovers.append(try KeyHandover(text)) }
        return handovers
    }

    private func write(_ data: Data, _ name: String) throws {
        let file = folder.appending(path: name)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file, options: .atomic)
        } catch {
            throw RegistryError(.invalidPath, "\(file.path(percentEncoded: false)) cannot be written")
        }
    }

    private actor Count {
        private var value: Int64 = 0

        func next() -> Int64 {
            value += 1
            return value
        }
    }
}
