public import Foundation
import NIOCore
public import RegistryTypes

/// Bytes that were fetched before, by digest, in a folder that may be removed at any time.
public struct BlobCache: Sendable {
    private let folder: URL

    /// Keeps the bytes in a folder, which is made when something comes into it.
    public init(folder: URL) { self.folder = folder }

    /// The user's own: `$XDG_CACHE_HOME/assay/blobs`, else `~/.cache/assay/blobs`.
    public init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let given = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        folder = URL(filePath: given ?? home + "/.cache", directoryHint: .isDirectory)
            .appending(path: "assay/blobs", directoryHint: .isDirectory)
    }

    /// Puts files into a new folder, fetching what is not in the cache or damaged there.
    public func place(
        _ files: [ArtifactFile], into target: URL, client: RegistryClient, progress: @escaping TransferProgress,
        from address: @escaping @Sendable (ArtifactFile) -> BlobAddress
    ) async throws {
        let regular = files.filter { $0.mode != .symlink }
        var seen: Set<Digest> = []
        let missing = regular.filter { !isPresent($0) && seen.insert($0.sha256).inserted }
        let total = missing.reduce(0) { $0 + $1.size }
        let tally = TransferTally(total: total, report: progress)
        try await forEachConcurrently(missing, atMost: RegistryClient.parallelTransfers) { index, file in
            try await fetch(file, client: client, from: address(file)) { tally.set(index, to: $0) }
        }
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for file in regular {
            let place = target.appending(path: file.path.text)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try link(file, to: place)
        }
        let links = files.filter { $0.mode == .symlink }
        if !links.isEmpty { try await client.pull(links, into: target, replacing: false, from: address) }
    }

    /// Fetches a file into the cache.
    func fetch(
        _ file: ArtifactFile, client: RegistryClient, from address: BlobAddress,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws {
        try await client.download(
            address, size: file.size, sha256: file.sha256, to: location(of: file.sha256), called: file.path.text,
            progress: progress)
    }

    /// Copies a file out of the cache, every byte verified; false if the cache has it not or damaged, and then not any
    /// longer.
    ///
    /// A copy and no second name: whoever edits the file must not change what others get.
    func copy(_ file: ArtifactFile, to target: URL) throws -> Bool {
        let cached = location(of: file.sha256)
        guard FileManager.default.fileExists(atPath: cached.path(percentEncoded: false)) else { return false }
        do {
            let source = try OpenFile(cached)
            var part = try PartFile(for: target, sha256: file.sha256, isShared: false)
            while case let piece = try source.read(at: part.size, count: LocalFile.pieceSize), piece.readableBytes > 0 {
                try Task.checkCancellation()
                try part.append(piece)
            }
            try part.verify(size: file.size, sha256: file.sha256, source: file.path.text)
            try part.moveIntoPlace(isExecutable: file.mode == .executable)
            return true
        } catch let error as RegistryError where error.code == .integrityFailure {
            try FileManager.default.removeItem(at: cached)
            return false
        }
    }

    private func location(of digest: Digest) -> URL { folder.appending(path: "\(digest.hex.prefix(2))/\(digest.hex)") }

    /// Whether the cache holds the right bytes; wrong ones are removed.
    private func isPresent(_ file: ArtifactFile) -> Bool {
        let place = location(of: file.sha256)
        guard FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) else { return false }
        if (try? LocalFile(hashing: place).sha256) == file.sha256 { return true }
        try? FileManager.default.removeItem(at: place)
        return false
    }

    /// A second name of the cached file where that is possible; an executable one is a copy with its own mode.
    private func link(_ file: ArtifactFile, to place: URL) throws {
        let cached = location(of: file.sha256)
        let (from, to) = (cached.path(percentEncoded: false), place.path(percentEncoded: false))
        if file.mode == .file, Foundation.link(from, to) == 0 { return }
        try FileManager.default.copyItem(atPath: from, toPath: to)
        chmod(to, file.mode == .executable ? 0o755 : 0o644)
    }
}
