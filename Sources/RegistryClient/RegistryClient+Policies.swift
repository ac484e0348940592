public import RegistryTypes

extension RegistryClient {
    /// The policies of a namespace that are in force, or were at a time.
    public func policies(in namespace: ResourceName, at time: String? = nil) async throws -> [PolicyRecord] {
        let request = APIRequest(.get, ["namespaces", namespace.text, "policies"]).asking("at", time)
        return try await send(request, as: Page<PolicyRecord>.self).items
    }

    /// The policies that were ever set in a namespace, newest first.
    public func policyHistory(in namespace: ResourceName, limit: Int? = nil) async throws -> [PolicyRecord] {
        try await list(APIRequest(.get, ["namespaces", namespace.text, "policies", "history"]), limit: limit)
    }

    /// Sets or ends a policy; returns those in force.
    public func setPolicy(_ policy: SetPolicy, in namespace: ResourceName) async throws -> [PolicyRecord] {
        let request = APIRequest(.put, ["namespaces", namespace.text, "policies"])
        return try await send(request.sending(policy), as: Page<PolicyRecord>.self).items
    }

    /// What the policy of an alias would say about a version now.
    public func policyAnswer(of alias: Alias?, about reference: VersionReference) async throws -> PolicyTest {
        let request = APIRequest(.get, Self.path(.models, reference) + ["policy"])
        return try await send(request.asking("alias", alias?.text))
    }

    /// The same as a decision that the server keeps.
    public func testPolicy(of alias: Alias?, about reference: VersionReference) async throws -> PolicyTest {
        let request = APIRequest(.post, Self.path(.models, reference) + ["policy"], isRepeatable: true)
        return try await send(request.sending(TestPolicy(alias: alias)))
    }

    /// A decision that the server kept.
    public func policyDecision(_ digest: Digest) async throws -> PolicyTest {
        try await send(APIRequest(.get, ["policy-decisions", digest.description]))
    }
}
