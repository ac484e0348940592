/// An entry of the audit log as the API shows it.
public struct AuditRecord: Codable, Sendable, Equatable {
    /// The canonical entry, exactly as it was hashed.
    public var entry: JSONValue
    /// The RFC 6962 leaf hash, SHA-256(0x00 ‖ entry).
    public var leaf: Digest
    /// The actor's name as it is known today; no part of what was hashed, nil where it was erased.
    public var actorName: String?

    /// Describes an entry.
    public init(entry: JSONValue, leaf: Digest, actorName: String? = nil) {
        self.entry = entry
        self.leaf = leaf
        self.actorName = actorName
    }
}
