import APIContract
import Foundation
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

/// Signed statements, what they rest on, and the keys that they are checked with.
struct EvidenceRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("reproductions/:id/statement") { _, context in
            try await Response.json(registry.statement(of: context.runID(), as: context.requireCaller()))
        }
        group.get("reproductions/:id/report") { _, context in
            let report = try await registry.report(of: context.runID(), as: context.requireCaller())
            return Response(
                status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: .init(bytes: report)))
        }
        group.get("models/:namespace/:name/versions/:selector/provenance") { _, context in
            try await Response.json(registry.provenance(of: context.versionReference(), as: context.requireCaller()))
        }
        group.post("signing-keys/rotate") { _, context in
            try await Response.json(registry.rotateSigningKey(as: context.requireCaller()), status: .created)
        }
    }

    /// What everybody may read, without a token: who checks a statement needs no account.
    func addPublic(to router: Router<RegistryRequestContext>) {
        router.get(".well-known/assay-keys") { _, _ in try await Response.json(registry.signingKeys()) }
        router.get("api/v1/schemas/reproduction-v1.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/schema+json"],
                body: .init(byteBuffer: .init(string: APIContract.reproductionSchema)))
        }
    }
}
