public import RegistryTypes

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

    /// Sends a file, unless the namespace holds its bytes already.
    ///
    /// - Parameter progress: told the bytes of this file that are there.
    /// - Throws: `integrity-failure` if the file changed since it was hashed, `digest-mismatch` if the bytes that
    ///   arrived are not those that were read, or whatever the server refuses it with.
    public func upload(
        _ file: LocalFile, to target: UploadTarget, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws {
        try file.checkUnchanged()
        let address: BlobAddress
        switch target {
        case .namespace(let namespace):
            if try await hasBlob(file.sha256, in: namespace) {
                progress(file.size)
                return
            }
            address = .blob(namespace, file.sha256)
        case .job(let id): address = .job(id, file.sha256)
        }
        var request = APIRequest(.put, address.path)
        request.body = .file(FilePieces(file: file, progress: progress))
        do {
            try await sendOnly(request)
        } catch {
            // Whatever the server says of bytes that changed on the way, the change is what the user must hear of.
            try file.checkUnchanged()
            throw error
        }
        try file.checkUnchanged()
    }

    /// Sends files, then records what refers to them; where bytes were collected in between, both once more.
    ///
    /// - Parameter record: names the bytes; it is called again if the server says `blob-unknown`.
    public func push<Answer>(
        _ files: [LocalFile], to namespace: ResourceName, progress: TransferProgress? = nil,
        _ record: () async throws -> Answer
    ) async throws -> Answer {
        try await upload(files, to: .namespace(namespace), progress: progress)
        do {
            return try await record()
        } catch let error as RegistryError where error.code == .blobUnknown {
            try await upload(files, to: .namespace(namespace), progress: progress)
            return try await record()
        }
    }

    /// Sends files, at most four at a time; the same bytes are sent once.
    public func upload(
        _ files: [LocalFile], to target: UploadTarget, progress: TransferProgress? = nil
    ) async throws {
        var seen: Set<Digest> = []
        let distinct = files.filter { seen.insert($0.sha256).inserted }
        let tally = TransferTally(total: distinct.reduce(0) { $0 + $1.size }, report: progress)
        try await forEachConcurrently(distinct, atMost: Self.parallelTransfers) { index, file in
            try await upload(file, to: target) { tally.set(index, to: $0) }
        }
    }
}
