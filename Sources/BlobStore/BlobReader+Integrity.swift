import RegistryTypes

extension BlobReader {
    /// Reads all bytes and tells whether they still have their digest; about half a second for each GiB.
    package func isIntact() throws -> Bool {
        let read = VerifiedRead(self)
        do {
            while !read.isComplete { _ = try read.advance(by: 1 << 30) }
            return true
        } catch let error as RegistryError where error.code == .blobCorrupt {
            return false
        }
    }
}
