import Foundation
package import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How files go. A row goes before its file does, and the file only after the row was looked for once more (I14, I15).
extension FileBlobStore {
    /// Says that the file of a digest gets its name now and its row soon: nobody takes it away for want of a row (I15).
    ///
    /// May wait for somebody who works on the file. `endPublishing` follows once the row is committed, or will never be.
    package func beginPublishing(_ digest: Digest) { locks.beginPublishing(digest) }

    /// Says that the row is committed, or will never be.
    package func endPublishing(_ digest: Digest) { locks.endPublishing(digest) }

    /// Removes the file of a digest, unless it is being published or has a row after all; tells whether it is gone.
    ///
    /// - Parameter hasRow: looks into the database, after whatever is committed by then.
    package func remove(_ digest: Digest, unless hasRow: () throws -> Bool) throws -> Bool {
        try locks.withLockUnlessPublishing(digest) {
            guard try !hasRow() else { return false }
            guard unlink(path(of: digest)) == 0 || errno == ENOENT else {
                throw health.failure("cannot remove \(path(of: digest))")
            }
            return true
        } ?? false
    }

    /// Puts the file of a digest aside, under the same conditions; `now` is kept as the time at which it was (I17).
    package func putAside(_ digest: Digest, at now: Int64, unless hasRow: () throws -> Bool) throws -> Bool {
        try locks.withLockUnlessPublishing(digest) {
            guard try !hasRow() else { return false }
            let place = lostAndFound + "/" + digest.hex
            guard rename(path(of: digest), place) == 0 else {
                if errno == ENOENT { return false }
                throw health.failure("cannot move \(path(of: digest)) to \(lostAndFound)")
            }
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: Double(now) / 1000)], ofItemAtPath: place)
            return true
        } ?? false
    }

    /// Deletes a file that was put aside, unless it is the last copy of what a row names.
    package func deleteAside(_ digest: Digest, unless hasRow: () throws -> Bool) throws -> Bool {
        try locks.withLock(digest) {
            guard try contains(digest) || !hasRow() else { return false }
            guard unlink(lostAndFound + "/" + digest.hex) == 0 else {
                throw health.failure("cannot remove \(lostAndFound)/\(digest.hex)")
            }
            return true
        }
    }

    /// The files of digests that start with a byte, and those that were put aside, older than a time.
    package func files(startingWith byte: UInt8, before time: Int64) throws -> [BlobRecord] {
        try Self.files(in: "\(blobs)/\(Hex.encode([byte]))", before: time)
    }

    /// The files that were put aside before a time.
    package func filesAside(before time: Int64) throws -> [BlobRecord] {
        try Self.files(in: lostAndFound, before: time)
    }

    private static func files(in folder: String, before time: Int64) throws -> [BlobRecord] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
            var status = stat()
            guard let digest = try? Digest(hex: name), stat("\(folder)/\(name)", &status) == 0,
                Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000 < time
            else { return nil }
            return BlobRecord(sha256: digest, size: Int64(status.st_size))
        }
    }
}
