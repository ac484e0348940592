public import RegistryTypes

extension RegistryClient {
    /// Has an address told of what happens.
    public func createWebhook(_ webhook: CreateWebhook) async throws -> WebhookWithSecret {
        try await send(APIRequest(.post, ["webhooks"]).sending(webhook))
    }

    /// The webhooks that the caller administers, of one namespace or of all places.
    public func webhooks(in namespace: ResourceName? = nil, limit: Int? = nil) async throws -> [WebhookRecord] {
        try await list(APIRequest(.get, ["webhooks"]).asking("namespace", namespace?.text), limit: limit)
    }

    /// One webhook.
    public func webhook(_ id: RunID) async throws -> WebhookRecord {
        try await send(APIRequest(.get, ["webhooks", id.text]))
    }

    /// Changes a webhook.
    public func setWebhook(_ id: RunID, _ change: SetWebhook) async throws -> WebhookRecord {
        try await send(APIRequest(.put, ["webhooks", id.text]).sending(change))
    }

    /// Removes a webhook.
    public func removeWebhook(_ id: RunID) async throws {
        try await sendOnly(APIRequest(.delete, ["webhooks", id.text]))
    }

    /// Gives a webhook a new secret; the one before is good for another day.
    public func rotateWebhookSecret(_ id: RunID) async throws -> WebhookWithSecret {
        try await send(APIRequest(.post, ["webhooks", id.text, "secret"]))
    }

    /// Has a message without meaning sent.
    public func testWebhook(_ id: RunID) async throws -> WebhookRecord {
        try await send(APIRequest(.post, ["webhooks", id.text, "test"]))
    }

    /// Has messages sent once more.
    public func replayWebhook(_ id: RunID, _ wish: ReplayWebhook) async throws -> WebhookRecord {
        try await send(APIRequest(.post, ["webhooks", id.text, "replay"]).sending(wish))
    }

    /// The messages of a webhook and how they fared, newest first.
    public func deliveries(of id: RunID, limit: Int? = nil) async throws -> [WebhookDelivery] {
        try await list(APIRequest(.get, ["webhooks", id.text, "deliveries"]), limit: limit)
    }
}
