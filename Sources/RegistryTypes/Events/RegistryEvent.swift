/// Something that happened, as it is told to others: an entry of the audit log in the form of Standard Webhooks.
public struct RegistryEvent: Codable, Sendable, Equatable {
    /// `evt_` and the first 32 digits of the leaf hash: the same however often and on whatever way it is told.
    public var id: String
    /// The entry's action; see `EventType`.
    public var type: String
    /// When it happened: RFC 3339, UTC.
    public var timestamp: String
    public var data: Body

    /// What happened.
    public struct Body: Codable, Sendable, Equatable {
        /// The entry's place in the audit log, from 0.
        public var sequence: Int64
        /// Its RFC 6962 leaf hash, with which its inclusion in the log can be proved.
        public var leaf: Digest
        /// The namespace it happened in; nil for the whole server.
        public var namespace: String?
        /// The reference of what it happened to: `model:ns/name:12`, `model:ns/name:production`.
        public var object: String
        /// The digest that pins the object, if it has one.
        public var digest: Digest?
        /// The opaque id of who did it.
        public var actor: String
        /// The state before and after, as the entry has them.
        public var before: JSONValue?
        public var after: JSONValue?
    }

    /// The event that an entry is; throws `integrity-failure` for an entry that is none.
    package init(entry: JSONValue, leaf: Digest) throws {
        guard let type = entry["action"]?.string, let sequence = entry["seq"]?.int, let time = entry["ts"]?.int,
            let object = entry["object"]?.string, let actor = entry["actor"]?.string
        else { throw RegistryError(.integrityFailure, "an entry of the audit log lacks a member") }
        id = "evt_\(leaf.hex.prefix(32))"
        self.type = type
        timestamp = StatementTime.text(Int64(time))
        data = Body(
            sequence: Int64(sequence), leaf: leaf, namespace: entry["namespace"]?.string, object: object,
            digest: try entry["digest"]?.string.map { try Digest($0) }, actor: actor, before: entry["before"],
            after: entry["after"])
    }
}

/// A part of the event feed.
public struct EventPage: Codable, Sendable, Equatable {
    /// The events that the caller may see and asked for, oldest first.
    public var items: [RegistryEvent]
    /// The entry that was looked at last: what to send as `after`. Given even where nothing was found.
    public var next: Int64
    /// Whether there are entries behind it already.
    public var hasMore: Bool

    /// Describes a part of the feed.
    public init(items: [RegistryEvent], next: Int64, hasMore: Bool) {
        self.items = items
        self.next = next
        self.hasMore = hasMore
    }
}
