public import RegistryTypes

extension RegistryClient {
    /// The entries of the audit log after a sequence number, oldest first.
    public func auditLog(
        in namespace: ResourceName? = nil, after sequence: Int64? = nil, limit: Int? = nil
    ) async throws -> [AuditRecord] {
        let request = APIRequest(.get, ["audit"]).asking("namespace", namespace?.text)
        return try await list(request.asking("after", sequence.map { String($0) }), limit: limit)
    }
}
