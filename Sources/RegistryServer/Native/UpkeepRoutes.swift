import Hummingbird
import Registry
import RegistryTypes

/// Checks, backups and the scrub: what the administrators of the server ask for.
struct UpkeepRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("fsck", use: startFsck)
        group.get("fsck/:id") { try await get(.fsck, $0, $1) }
        group.post("backups", use: startBackup)
        group.get("backups", use: listBackups)
        group.get("backups/:id") { try await get(.backup, $0, $1) }
        group.get("scrub", use: scrub)
    }

    @Sendable private func startFsck(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(RequestFsck.self, upTo: context.maxUploadSize)
        return try .json(await registry.requestFsck(wanted, as: context.requireCaller()), status: .accepted)
    }

    @Sendable private func startBackup(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(RequestBackup.self, upTo: context.maxUploadSize)
        return try .json(await registry.requestBackup(wanted, as: context.requireCaller()), status: .accepted)
    }

    @Sendable private func listBackups(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.backups(as: context.requireCaller()))
    }

    @Sendable private func scrub(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.scrubStatus(as: context.requireCaller()))
    }

    @Sendable private func get(
        _ kind: UpkeepRecord.Kind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(registry.upkeep(kind, context.runID(), as: context.requireCaller()))
    }
}
