import Foundation
import RegistryTypes

extension RegistryClient {
    /// Files of more bytes than this are sent in an upload session: 64 MiB.
    public static let partSize: Int64 = 64 << 20

    /// Sends a file in ranges, several at a time, and has the server check the whole.
    ///
    /// The server knows the session by the file's digest: what an earlier call brought there, in whatever process and
    /// however it ended, is not sent again.
    ///
    /// - Returns: how many bytes were there before.
    func uploadInParts(
        _ file: LocalFile, to namespace: ResourceName, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> Int64 {
        let uploads = ["namespaces", namespace.text, "uploads"]
        let opened: UploadRecord = try await send(
            APIRequest(.post, uploads, isRepeatable: true).sending(
                CreateUpload(sha256: file.sha256, size: file.size)))
        guard let id = opened.id?.text else {
            progress(file.size)
            return file.size
        }
        let transfer = PartTransfer(client: self, file: file, path: uploads + [id], progress: progress)
        let received = RangeSet(opened.received)
        let parts = stride(from: 0, to: file.size, by: Int64.Stride(max(opened.partSize, 1 << 20))).map {
            $0..<min($0 + max(opened.partSize, 1 << 20), file.size)
        }
        do {
            try await forEachConcurrently(parts, atMost: Self.parallelTransfers) { index, part in
                try await transfer.send(part, index, received: received)
            }
            try file.checkUnchanged()
            try await sendOnly(APIRequest(.post, uploads + [id, "complete"], isRepeatable: true))
        } catch {
            // Bytes of two states of a file make neither of them; everything else goes on from what is there.
            guard (try? file.checkUnchanged()) == nil else { throw error }
            try? await sendOnly(APIRequest(.delete, uploads + [id]))
            throw file.changed
        }
        return received.byteCount
    }
}

extension RangeSet<Int64> {
    /// How many bytes these are.
    var byteCount: Int64 { ranges.reduce(0) { $0 + Int64($1.count) } }
}
