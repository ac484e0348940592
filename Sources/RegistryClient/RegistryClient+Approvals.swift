public import RegistryTypes

extension RegistryClient {
    /// Records a decision about the version whose digest the approver saw.
    public func decide(_ decision: DecideVersion, about reference: VersionReference) async throws -> ApprovalRecord {
        try await send(APIRequest(.post, Self.path(.models, reference) + ["decisions"]).sending(decision))
    }

    /// Asks others to approve a version.
    public func requestApproval(
        _ request: RequestApproval, of reference: VersionReference
    ) async throws -> ApprovalRequestRecord {
        try await send(APIRequest(.post, Self.path(.models, reference) + ["approval-requests"]).sending(request))
    }

    /// The requests for approval that nobody decided about yet, those that wait longest first.
    public func openApprovalRequests(
        in namespace: ResourceName? = nil, limit: Int? = nil
    ) async throws -> [OpenApprovalRequest] {
        try await list(APIRequest(.get, ["approval-requests"]).asking("namespace", namespace?.text), limit: limit)
    }

    /// Asks for an emergency override of a policy.
    public func requestOverride(
        _ request: RequestOverride, for reference: VersionReference
    ) async throws -> OverrideRecord {
        try await send(APIRequest(.post, Self.path(.models, reference) + ["overrides"]).sending(request))
    }

    /// Confirms an override that another administrator asked for.
    public func confirmOverride(_ id: RunID) async throws -> OverrideRecord {
        try await send(APIRequest(.post, ["overrides", id.text, "confirm"]))
    }
}
