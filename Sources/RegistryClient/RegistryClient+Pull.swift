public import Foundation
public import RegistryTypes

extension RegistryClient {
    /// Fetches the files of an artifact into a folder, at most four at a time.
    ///
    /// Files that are there already with the right bytes stay. A file of other bytes is only replaced if `replacing`
    /// says so.
    ///
    /// - Parameters:
    ///   - files: the files to fetch.
    ///   - folder: where they go; made if it is not there.
    ///   - store: where bytes are kept and looked for first.
    ///   - address: where the bytes of a file are.
    /// - Throws: `already-exists` for a file of other bytes, `integrity-failure` for bytes that do not match.
    public func pull(
        _ files: [ArtifactFile], into folder: URL, replacing: Bool, through store: BlobCache? = nil,
        progress: TransferProgress? = nil,
        from address: @escaping @Sendable (ArtifactFile) -> BlobAddress
    ) async throws {
        _ = try ArtifactManifest(files)
        try FileManager.default.makeFolder(folder)
        let tally = TransferTally(total: files.reduce(0) { $0 + $1.size }, report: progress)
        // Links come last: no file is ever written through one.
        let regular = files.filter { $0.mode != .symlink }
        try await forEachConcurrently(regular, atMost: Self.parallelTransfers) { index, file in
            let target = try Self.place(for: file.path, in: folder)
            if try !Self.isPresent(file, at: target, replacing: replacing) {
                try await fetch(file, to: target, through: store, from: address(file)) { tally.set(index, to: $0) }
            }
            tally.set(index, to: file.size)
        }
        for file in files where file.mode == .symlink {
            let text = try await download(address(file), sha256: file.sha256, limit: 4096)
            try Self.link(file.path, to: String(decoding: text, as: UTF8.self), in: folder, replacing: replacing)
        }
    }

    private func fetch(
        _ file: ArtifactFile, to target: URL, through cache: BlobCache?, from address: BlobAddress,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws {
        guard let cache else {
            return try await download(
                address, size: file.size, sha256: file.sha256, to: target, isExecutable: file.mode == .executable,
                progress: progress)
        }
        if try cache.copy(file, to: target) { return }
        try await cache.fetch(file, client: self, from: address, progress: progress)
        guard try cache.copy(file, to: target) else {
            throw RegistryError(.integrityFailure, "the cache does not keep \(file.sha256); choose another --cache")
        }
    }

    /// The place of a path below a folder; refuses to go through a symbolic link that stands there already.
    private static func place(for path: ArtifactPath, in folder: URL) throws -> URL {
        var place = folder
        let components = path.text.split(separator: "/").map(String.init)
        for component in components.dropLast() {
            place.append(path: component, directoryHint: .isDirectory)
            var status = stat()
            let name = place.path(percentEncoded: false)
            let isLink =
                lstat(name.hasSuffix("/") ? String(name.dropLast()) : name, &status) == 0
                && status.st_mode & S_IFMT == S_IFLNK
            guard !isLink else {
                throw RegistryError(
                    .invalidPath, "\(name) is a symbolic link, and files are not written through one; remove it")
            }
        }
        return place.appending(path: components.last ?? path.text, directoryHint: .notDirectory)
    }

    /// Whether the right bytes are there already; throws if others are and must stay.
    private static func isPresent(_ file: ArtifactFile, at target: URL, replacing: Bool) throws -> Bool {
        var status = stat()
        let path = target.path(percentEncoded: false)
        guard lstat(path, &status) == 0 else { return false }
        if status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == file.size,
            try LocalFile(hashing: target).sha256 == file.sha256
        {
            return true
        }
        guard replacing, status.st_mode & S_IFMT != S_IFDIR else {
            throw RegistryError(
                .alreadyExists, "\(path) exists with other content; remove it, or say --force to replace it")
        }
        return false
    }

    private static func link(_ path: ArtifactPath, to target: String, in folder: URL, replacing: Bool) throws {
        let place = try place(for: path, in: folder)
        let name = place.path(percentEncoded: false)
        guard path.mayLink(to: target) else {
            throw RegistryError(.invalidPath, "the symbolic link \(path) leads out of the artifact and is not written")
        }
        try FileManager.default.makeFolder(place.deletingLastPathComponent())
        if let present = try? FileManager.default.destinationOfSymbolicLink(atPath: name) {
            if present == target { return }
            guard replacing else {
                throw RegistryError(.alreadyExists, "\(name) is a link to \(present); say --force to replace it")
            }
            try FileManager.default.removeItem(atPath: name)
        }
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: target)
    }
}
