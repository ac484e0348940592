public import RegistryTypes

extension RegistryClient {
    /// Asks for a check of the whole store.
    public func requestFsck(_ request: RequestFsck) async throws -> UpkeepRecord {
        try await send(APIRequest(.post, ["fsck"]).sending(request))
    }

    /// Asks for a backup.
    public func requestBackup(_ request: RequestBackup) async throws -> UpkeepRecord {
        try await send(APIRequest(.post, ["backups"]).sending(request))
    }

    /// A check or backup with how far it is.
    public func upkeep(_ kind: UpkeepRecord.Kind, _ id: RunID) async throws -> UpkeepRecord {
        try await send(APIRequest(.get, [kind == .fsck ? "fsck" : "backups", id.text]))
    }

    /// The backups in the server's folder, newest first.
    public func backups() async throws -> [BackupManifest] {
        let page: Page<BackupManifest> = try await send(APIRequest(.get, ["backups"]))
        return page.items
    }

    /// What the scrub has done and found.
    public func scrubStatus() async throws -> ScrubStatus { try await send(APIRequest(.get, ["scrub"])) }
}
