/// Asks that an address is told of what happens in a namespace, or on the whole server.
public struct CreateWebhook: Codable, Sendable {
    public var url: String
    public var namespace: ResourceName?
    /// Which events, as `EventFilter` has them.
    public var events: [String]

    /// Asks for a webhook.
    public init(url: String, namespace: ResourceName? = nil, events: [String]) {
        self.url = url
        self.namespace = namespace
        self.events = events
    }
}

/// Changes a webhook; what is absent stays.
public struct SetWebhook: Codable, Sendable {
    public var url: String?
    public var events: [String]?
    /// Whether nothing is sent for the time being; what happens meanwhile is sent later.
    public var isPaused: Bool?

    /// Asks for a change.
    public init(url: String? = nil, events: [String]? = nil, isPaused: Bool? = nil) {
        self.url = url
        self.events = events
        self.isPaused = isPaused
    }
}

/// Asks that messages are sent once more: one, or those of all entries behind a place in the audit log.
public struct ReplayWebhook: Codable, Sendable {
    /// The number of a delivery.
    public var delivery: Int64?
    /// A sequence number of the audit log; −1 for all of it.
    public var after: Int64?

    /// Asks for one of both.
    public init(delivery: Int64? = nil, after: Int64? = nil) {
        self.delivery = delivery
        self.after = after
    }
}

/// A webhook.
public struct WebhookRecord: Codable, Sendable, Equatable {
    /// Whether it is told of anything.
    public enum State: String, Codable, Sendable {
        case active
        case paused
        /// Its receiver answered 410: it wants no more.
        case gone
    }

    public var id: RunID
    /// nil for the whole server.
    public var namespace: ResourceName?
    public var url: String
    public var events: [String]
    public var state: State
    /// Messages that wait for their next attempt.
    public var waiting: Int
    /// The first entry of the audit log that was not looked at for it.
    public var cursor: Int64
    /// Until when the secret before the present one signs too.
    public var earlierSecretUntil: Int64?
    /// Whether the key is gone that its secret was made of; nothing is sent until the secret is rotated.
    public var isKeyLost: Bool
    public var createdAt: Int64
    public var createdBy: PrincipalRecord
    /// When its receiver took a message last.
    public var deliveredAt: Int64?
    /// Why the last attempt did not count as delivered; nil if it did.
    public var problem: String?

    /// Describes a webhook.
    public init(
        id: RunID, namespace: ResourceName?, url: String, events: [String], state: State, waiting: Int, cursor: Int64,
        earlierSecretUntil: Int64?, isKeyLost: Bool, createdAt: Int64, createdBy: PrincipalRecord,
        deliveredAt: Int64? = nil, problem: String? = nil
    ) {
        self.id = id
        self.namespace = namespace
        self.url = url
        self.events = events
        self.state = state
        self.waiting = waiting
        self.cursor = cursor
        self.earlierSecretUntil = earlierSecretUntil
        self.isKeyLost = isKeyLost
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.deliveredAt = deliveredAt
        self.problem = problem
    }
}

/// A webhook with the secret that its receiver checks messages with; it is shown this once.
public struct WebhookWithSecret: Codable, Sendable, HoldsSecret {
    public var webhook: WebhookRecord
    /// `whsec_…`, as Standard Webhooks has it.
    public var secret: String

    /// Describes both.
    public init(webhook: WebhookRecord, secret: String) {
        self.webhook = webhook
        self.secret = secret
    }
}

/// One message to a webhook, and how that went.
public struct WebhookDelivery: Codable, Sendable, Equatable {
    /// Where it stands.
    public enum State: String, Codable, Sendable {
        case waiting, delivered, failed
    }

    /// One time that it was sent.
    public struct Attempt: Codable, Sendable, Equatable {
        public var at: Int64
        /// Milliseconds.
        public var duration: Int
        /// The status of the answer, if there was one.
        public var status: Int?
        /// Why it does not count as delivered.
        public var problem: String?

        /// Describes an attempt.
        public init(at: Int64, duration: Int, status: Int? = nil, problem: String? = nil) {
            self.at = at
            self.duration = duration
            self.status = status
            self.problem = problem
        }
    }

    public var number: Int64
    /// The id of the message, the same at each attempt.
    public var event: String
    public var type: String
    public var state: State
    /// When it is tried next.
    public var dueAt: Int64?
    public var createdAt: Int64
    public var endedAt: Int64?
    public var attempts: [Attempt]

    /// Describes a message.
    public init(
        number: Int64, event: String, type: String, state: State, dueAt: Int64?, createdAt: Int64, endedAt: Int64?,
        attempts: [Attempt]
    ) {
        self.number = number
        self.event = event
        self.type = type
        self.state = state
        self.dueAt = dueAt
        self.createdAt = createdAt
        self.endedAt = endedAt
        self.attempts = attempts
    }
}
