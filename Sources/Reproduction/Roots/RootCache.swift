import Foundation
package import RegistryTypes
import Subprocess
package import SystemPackage

/// Root file systems that were unpacked before, by the digest that recipes name, in a folder that may be removed at any
/// time while nothing runs.
package struct RootCache: Sendable {
    private let folder: FilePath

    /// Keeps root file systems in a folder, which is made when something comes into it.
    package init(folder: FilePath) { self.folder = folder }

    /// The user's own: `$XDG_CACHE_HOME/assay/roots`, else `~/.cache/assay/roots`.
    package init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let given = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        folder = FilePath(given ?? home + "/.cache").appending("assay").appending("roots")
    }

    /// Where the root file system with a digest is; nil if it was not unpacked yet.
    package func find(_ digest: Digest) -> FilePath? {
        let place = folder.appending(digest.hex)
        return RootFolder.kind(of: place) == S_IFDIR ? place : nil
    }

    /// Unpacks an archive, plain or compressed by gzip or zstd, and keeps the result under its digest, which was compared
    /// before; it appears only when it is complete.
    ///
    /// - Throws: `RootError`.
    package func unpack(_ archive: FilePath, as digest: Digest) async throws -> FilePath {
        if let found = find(digest) { return found }
        try makeFolder()
        let scratch = folder.appending("new-\(getpid())-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: scratch.string) }
        let root = scratch.appending("root")
        for path in [scratch, root] {
            guard mkdir(path.string, 0o755) == 0 else { throw RootFolder.failure(path) }
        }
        var unpacker = RootUnpacker(root)
        let plain = scratch.appending("root.tar")
        try await expand(archive, to: plain, limit: unpacker.limits.bytes)
        try unpacker.unpack(plain)
        unpacker.finish()
        let place = folder.appending(digest.hex)
        // Another worker may have been faster; both unpacked the same bytes.
        if rename(root.string, place.string) != 0, find(digest) == nil { throw RootFolder.failure(place) }
        return place
    }

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw RootError.cannotUnpack("\(folder) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Writes the plain tar of an archive; how it is compressed is told by its first bytes.
    private func expand(_ file: FilePath, to plain: FilePath, limit: Int64) async throws {
        let begin = (try? FileHandle(forReadingFrom: URL(filePath: file.string)).read(upToCount: 4)) ?? Data()
        let program: [String]
        if begin.starts(with: [0x1F, 0x8B]) {
            program = ["/bin/gzip", "-dc", "--"]
        } else if begin.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            program = ["/usr/bin/zstd", "-dcq", "--"]
        } else {
            guard Foundation.link(file.string, plain.string) != 0 else { return }
            return try FileManager.default.copyItem(atPath: file.string, toPath: plain.string)
        }
        let target = try FileDescriptor.open(
            plain, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        let arguments = ["--fsize=\(limit)"] + program + [file.string]
        let result = try await Subprocess.run(
            .path("/usr/bin/prlimit"), arguments: Arguments(arguments),
            environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C"]), input: .none,
            output: .fileDescriptor(target, closeAfterSpawningProcess: true), error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            throw RootError.notAcceptable(
                "\(file.lastComponent?.string ?? "it") cannot be expanded by \(program[0]): \(result.standardError)")
        }
    }
}
