public import RegistryTypes

extension RegistryClient {
    /// The retention rules of a namespace that are in force.
    public func retention(in namespace: ResourceName) async throws -> [RetentionRecord] {
        try await send(APIRequest(.get, ["namespaces", namespace.text, "retention"]), as: Page<RetentionRecord>.self)
            .items
    }

    /// Sets a rule for all models of a namespace, or for one model or dataset; returns those in force.
    public func setRetention(_ rule: SetRetention, in namespace: ResourceName) async throws -> [RetentionRecord] {
        let request = APIRequest(.put, ["namespaces", namespace.text, "retention"])
        return try await send(request.sending(rule), as: Page<RetentionRecord>.self).items
    }

    /// What the rules of a namespace would do with its versions now, or what another rule would.
    public func testRetention(_ test: TestRetention, in namespace: ResourceName) async throws -> RetentionReport {
        let request = APIRequest(.post, ["namespaces", namespace.text, "retention", "test"], isRepeatable: true)
        return try await send(request.sending(test))
    }

    /// Collects the bytes that nothing needs any more, or says what would be collected.
    public func collectGarbage(_ request: CollectGarbage) async throws -> GarbageReport {
        try await send(APIRequest(.post, ["garbage-collections"]).sending(request))
    }
}
