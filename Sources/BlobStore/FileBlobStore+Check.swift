package import RegistryTypes

extension FileBlobStore {
    /// Reads a blob from the disk; nil if it is as it was stored.
    ///
    /// - Parameter progress: told after each piece, with its length; throws to end the read.
    package func readingDamage(
        of digest: Digest, size: Int64, progress: (Int64) throws -> Void
    ) throws -> Damage? {
        if let damage = damage(of: digest, size: size) {
            try progress(size)
            return damage
        }
        let reader: BlobReader
        do {
            reader = try open(digest, size: size)
        } catch let error as RegistryError where error.code == .blobCorrupt {
            try progress(size)
            return damage(of: digest, size: size) ?? Damage(.unreadable, nil)
        }
        let read = VerifiedRead(reader, fromDisk: true)
        do {
            repeat { try progress(Int64(read.advance(by: 16 << 20))) } while !read.isComplete
            return nil
        } catch let error as RegistryError where error.code == .blobCorrupt {
            return Damage(read.isComplete ? .wrongBytes : .unreadable, reader.identity)
        }
    }
}
