import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The requests for approval that nobody decided about yet, those that wait longest first.
    ///
    /// - Parameter namespace: the only namespace to look at; nil for all in which the caller may know of versions.
    package func openApprovalRequests(
        in namespace: ResourceName?, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<OpenApprovalRequest> {
        let object = namespace.map { "namespace:\($0)" } ?? "server"
        let refusal = AuditEntry("approval.list", namespace: namespace?.text, object: object)
        let now = clock()
        return try await read(caller, refusedAs: refusal) { db in
            let only = try namespace.map { try Namespaces.require($0, for: .readMetadata, caller, db) }
            let list = "approval-requests"
            let rows = try OpenRequestRows.fetch(
                in: only, after: page.number(in: list), limit: page.fetchLimit, for: caller, db)
            let records = try OpenRequestRows.read(rows, at: now, db)
            return Page(
                Array(zip(rows, records)), page, list: list, key: { [String($0.0["request"] as Int64)] }, item: \.1)
        }
    }
}
