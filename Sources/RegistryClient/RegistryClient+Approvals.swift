public import RegistryTypes

extension RegistryClient {
    /// Records a decision about the version whose digest the approver saw.
    public func decide(_ decision: DecideVersion, about reference: VersionReference) async throws -> ApprovalRecord {
        try await send(APIRequest(.post, Self.path(.models, reference) + ["decisions"]).sending(decision))
    }
}
