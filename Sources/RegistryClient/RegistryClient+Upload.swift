public import RegistryTypes
import Synchronization

extension RegistryClient {
    /// Where bytes are sent to.
    public enum UploadTarget: Sendable, Hashable {
        /// The blobs of a namespace.
        case namespace(ResourceName)
        /// The outputs of a job.
        case job(RunID)
    }

    /// Whether a namespace holds these bytes already, undamaged as far as the server can tell without reading them.
    ///
    /// An answer to HEAD has no sentence: whoever is refused here is told why by the upload that follows. Bytes that
    /// the server lost are then taken anew.
    public func hasBlob(_ digest: Digest, in namespace: ResourceName) async throws -> Bool {
        do {
            try await sendOnly(APIRequest(.head, BlobAddress.blob(namespace, digest).path))
            return true
        } catch let error as RegistryError where error.code != .serverUnreachable {
            return false
        }
    }

    /// Sends a file, unless the namespace holds its bytes already; a large one in ranges that survive interruptions.
    ///
    /// - Parameter progress: told the bytes of this file that are there.
    /// - Returns: how many bytes were there before.
    /// - Throws: `integrity-failure` if the file changed since it was hashed, `digest-mismatch` if the bytes that
    ///   arrived are not those that were read, or whatever the server refuses it with.
    @discardableResult public func upload(
        _ file: LocalFile, to target: UploadTarget, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> Int64 {
        try file.checkUnchanged()
        do {
            let present = try await send(file, to: target, progress: progress)
            try file.checkUnchanged()
            return present
        } catch {
            // Whatever the server says of bytes that changed on the way, the change is what the user must hear of.
            try file.checkUnchanged()
            throw error
        }
    }

    /// Records what refers to files that were sent; where their bytes were collected or found damaged in between, sends
    /// them and records once more.
    ///
    /// - Parameter record: names the bytes; it is called again if the server says `blob-unknown` or `blob-corrupt`.
    public func recording<Answer>(
        _ files: [LocalFile], in namespace: ResourceName, _ record: () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await record()
        } catch let error as RegistryError where error.code == .blobUnknown || error.code == .blobCorrupt {
            try await upload(files, to: .namespace(namespace))
            return try await record()
        }
    }

    private func send(
        _ file: LocalFile, to target: UploadTarget, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> Int64 {
        let address: BlobAddress
        switch target {
        case .namespace(let namespace) where file.size > Self.partSize:
            return try await uploadInParts(file, to: namespace, progress: progress)
        case .namespace(let namespace):
            if try await hasBlob(file.sha256, in: namespace) {
                progress(file.size)
                return file.size
            }
            address = .blob(namespace, file.sha256)
        case .job(let id): address = .job(id, file.sha256)
        }
        var request = APIRequest(.put, address.path)
        request.body = .file(FilePieces(file: file, range: 0..<file.size, progress: progress))
        try await sendOnly(request)
        return 0
    }

    /// Sends files; the same bytes are sent once.
    ///
    /// At most four transfers are under way: first the small files, then the large ones in turn, each over four
    /// connections.
    ///
    /// - Returns: how many bytes were there before.
    @discardableResult public func upload(
        _ files: [LocalFile], to target: UploadTarget, progress: TransferProgress? = nil
    ) async throws -> Int64 {
        var seen: Set<Digest> = []
        let distinct = files.filter { seen.insert($0.sha256).inserted }.enumerated().map { $0 }
        let tally = TransferTally(total: distinct.reduce(0) { $0 + $1.element.size }, report: progress)
        let present = Mutex<Int64>(0)
        for isLarge in [false, true] {
            let group = distinct.filter { ($0.element.size > Self.partSize) == isLarge }
            try await forEachConcurrently(group, atMost: isLarge ? 1 : Self.parallelTransfers) { _, item in
                let held = try await upload(item.element, to: target) { tally.set(item.offset, to: $0) }
                present.withLock { $0 += held }
            }
        }
        return present.withLock(\.self)
    }
}
