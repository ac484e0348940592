import BlobStore
import RegistryTypes
import WeightFormats

extension FileBlobStore {
    /// Maps a stored file after hashing it once more: a disk may have lost what was right when it was received.
    ///
    /// Throws `blob-corrupt` for bytes that are missing, short or other ones.
    func compared(_ file: ArtifactFile) throws -> ComparedFile {
        guard try open(file.sha256, size: file.size).isIntact() else {
            throw RegistryError(
                .blobCorrupt, "the stored bytes of \(file.path) are not the ones written; push the same file again")
        }
        return ComparedFile(try MappedFile(path: path(of: file.sha256)), digest: file.sha256)
    }
}
