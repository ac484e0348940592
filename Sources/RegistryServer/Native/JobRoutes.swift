import BlobStore
import Foundation
import HTTPTypes
import Hummingbird
import Registry
import RegistryTypes

/// What a worker asks for, with the token of its one job.
struct JobRoutes {
    /// The largest report: outputs, facts and explanations of one run.
    private static let largestReport = 16 << 20

    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("jobs/claim", use: claim)
        group.get("jobs/:id", use: specification)
        group.post("jobs/:id/heartbeat", use: heartbeat)
        group.get("jobs/:id/blobs/:digest", use: getBlob)
        group.head("jobs/:id/blobs/:digest", use: getBlob)
        group.put("jobs/:id/blobs/:digest", use: putBlob)
        group.post("jobs/:id/log", use: appendLog)
        group.post("jobs/:id/result", use: finish)
        group.post("jobs/:id/return", use: giveBack)
    }

    /// Answers late if there is no job yet; a worker that has left meanwhile gets none.
    @Sendable func claim(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let claim = try await request.document(ClaimJob.self, upTo: context.maxUploadSize)
        let channel = context.channel
        return try await .json(
            registry.claimJob(
                claim, as: context.requireCaller(), while: { await ConnectionGuard.isClientThere(channel) }))
    }

    @Sendable func giveBack(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wish = try await request.document(ReturnJob.self, upTo: context.maxUploadSize)
        try await registry.returnJob(context.runID(), wasStopped: wish.wasStopped, as: context.requireCaller())
        return Response(status: .noContent)
    }

    @Sendable func specification(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.job(context.runID(), as: context.requireCaller()))
    }

    @Sendable func heartbeat(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let progress = try await request.document(JobProgress.self, upTo: context.maxUploadSize)
        return try await .json(registry.heartbeat(context.runID(), progress.phase, as: context.requireCaller()))
    }

    @Sendable func getBlob(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let digest = try Digest(context.segment("digest"))
        let reader = try await registry.openBlob(digest, ofJob: context.runID(), as: context.requireCaller())
        return try await BlobResponse(
            reader: reader, mediaType: "application/octet-stream", fileName: digest.hex, quarantine: registry.quarantine
        ).response(to: request, on: context.channel)
    }

    @Sendable func putBlob(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let digest = try Digest(context.segment("digest"))
        let (id, caller) = (try context.runID(), try context.requireCaller())
        try await registry.checkMayUpload(toJob: id, as: caller)
        let received = try await ReceivedUpload.receive(request, into: registry.blobs, context)
        defer { received.upload.abandon() }
        let record = try await registry.finishUpload(
            received.upload, expecting: digest, size: received.size, ofJob: id, as: caller)
        return try .json(record, status: .created)
    }

    @Sendable func appendLog(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let chunk = try await request.body.collect(upTo: context.maxUploadSize)
        try await registry.appendLog(
            Data(chunk.readableBytesView), toJob: context.runID(), as: context.requireCaller())
        return Response(status: .noContent)
    }

    @Sendable func finish(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let result = try await request.document(JobResult.self, upTo: Self.largestReport)
        try await registry.finishJob(context.runID(), result, as: context.requireCaller())
        return Response(status: .noContent)
    }
}
