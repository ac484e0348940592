package import RegistryTypes

/// An element of the audit log, before it has a place in it.
///
/// Actors are opaque ids; names, which a person may ask to have erased, live elsewhere. Numbers are integers.
package struct AuditEntry: Sendable, Equatable {
    /// What happened: `version.create`, `approval.refuse`, …
    package var action: String
    /// The namespace it happened in, or nil for the whole server.
    package var namespace: String?
    /// The reference of what it happened to.
    package var object: String
    /// The digest that pins the object, if it has one.
    package var digest: Digest?
    /// The state before and after, where something moved.
    package var before: JSONValue?
    package var after: JSONValue?

    /// Describes what happened.
    package init(
        _ action: String, namespace: String?, object: String, digest: Digest? = nil, before: JSONValue? = nil,
        after: JSONValue? = nil
    ) {
        self.action = action
        self.namespace = namespace
        self.object = object
        self.digest = digest
        self.before = before
        self.after = after
    }
}

/// Who acts, when and by which request: the part of an entry that the caller does not choose.
package struct AuditContext: Sendable, Equatable {
    package var actor: String
    package var authentication: String
    package var requestID: String
    package var time: Int64

    /// Describes a request; time in UTC milliseconds.
    package init(actor: String, authentication: String, requestID: String, time: Int64) {
        self.actor = actor
        self.authentication = authentication
        self.requestID = requestID
        self.time = time
    }
}
