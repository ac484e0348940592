import Foundation
import RegistryClient
import RegistryTypes
import Synchronization

/// Files that were hashed and are ready to be sent.
struct PreparedArtifact: Sendable {
    /// The files as the API names them, sorted by path.
    let files: [ArtifactFile]
    /// The files on this machine.
    let local: [LocalFile]

    /// Hashes the entries, a few at a time.
    init(_ entries: ArtifactEntries, scratch: TemporaryFolder, console: Console) async throws {
        let display = console.progress("hashing")
        defer { display.finish() }
        let total = entries.entries.reduce(into: Int64(0)) { sum, entry in
            let size = try? FileManager.default.attributesOfItem(atPath: entry.url.path(percentEncoded: false))[.size]
            sum += (size as? NSNumber)?.int64Value ?? 0
        }
        let done = Mutex(Int64(0))
        let results = Mutex<[Int: (ArtifactFile, LocalFile)]>([:])
        try await forEachConcurrently(entries.entries, atMost: RegistryClient.parallelTransfers) { index, entry in
            let source = try Self.source(of: entry, index: index, scratch: scratch)
            let file = try LocalFile(hashing: source) { more in
                let sum = done.withLock { done in
                    done += more
                    return done
                }
                display.report(sum, max(total, sum))
            }
            let mode: ArtifactFile.Mode = entry.linkTarget != nil ? .symlink : file.isExecutable ? .executable : .file
            let described = ArtifactFile(
                path: entry.path, size: file.size, sha256: file.sha256,
                mediaType: MediaTypes.of(fileName: entry.path.fileName), mode: mode)
            results.withLock { $0[index] = (described, file) }
        }
        let ordered = results.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
        files = try ArtifactManifest(ordered.map(\.0)).files
        local = ordered.map(\.1)
    }

    /// The digest of the artifact that the files make.
    func digest() throws -> Digest { try ArtifactManifest(files).digest() }

    /// The bytes of a link are its target.
    private static func source(of entry: ArtifactEntries.Entry, index: Int, scratch: TemporaryFolder) throws -> URL {
        guard let target = entry.linkTarget else { return entry.url }
        let file = scratch.url("link-\(index)")
        try Data(target.utf8).write(to: file)
        return file
    }
}
