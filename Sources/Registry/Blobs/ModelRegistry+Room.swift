import BlobStore
import RegistryTypes

extension ModelRegistry {
    /// Counts bytes that are going to be uploaded; throws `storage-full` if they would not leave the disk its reserve.
    ///
    /// `blobs.reserve.release` them when the request has ended.
    package func claimRoom(for size: Int64) async throws {
        let reserve = blobs.reserve
        try await Blocking.run { try reserve.claim(size) }
    }
}
