import Foundation
package import RegistryTypes
package import SystemPackage

/// Python packages that were unpacked before, by the digest of the dataset that holds their wheels, in a folder that may
/// be removed at any time while nothing runs.
package struct PackageCache: Sendable {
    private let folder: FilePath

    /// Keeps packages in a folder, which is made when something comes into it.
    package init(folder: FilePath) { self.folder = folder }

    /// The user's own: `$XDG_CACHE_HOME/assay/packages`, else `~/.cache/assay/packages`.
    package init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let given = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        folder = FilePath(given ?? home + "/.cache").appending("assay").appending("packages")
    }

    /// Unpacks the wheels of a dataset, whose files were hashed before, and keeps the result under the dataset's digest;
    /// it appears only when it is complete.
    ///
    /// - Throws: `PackagesError`, `CancellationError`.
    package func unpack(_ wheels: [Wheel], in dataset: FilePath, as digest: Digest) throws -> FilePath {
        let place = folder.appending(digest.hex)
        if RootFolder.kind(of: place) == S_IFDIR { return place }
        let scratch = folder.appending("new-\(getpid())-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: scratch.string) }
        do {
            try FileManager.default.createDirectory(atPath: scratch.string, withIntermediateDirectories: true)
        } catch {
            throw PackagesError.cannotUnpack("\(folder) cannot be made: \(error.localizedDescription)")
        }
        var unpacker = WheelUnpacker(scratch)
        for wheel in wheels { try unpacker.unpack(dataset.appending(wheel.fileName)) }
        // Another worker may have been faster; both unpacked the same bytes.
        if rename(scratch.string, place.string) != 0, RootFolder.kind(of: place) != S_IFDIR {
            throw PackagesError.cannotUnpack("\(place): \(String(cString: strerror(errno)))")
        }
        return place
    }
}
