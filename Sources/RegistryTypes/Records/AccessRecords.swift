/// A person, service or CI identity as the API shows it.
public struct PrincipalRecord: Codable, Sendable, Equatable {
    /// What stands behind a principal.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case person, service, ci
    }

    public var id: String
    public var kind: Kind
    public var name: String

    /// Describes a principal.
    public init(id: String, kind: Kind, name: String) {
        self.id = id
        self.kind = kind
        self.name = name
    }
}

/// Who the token of a request belongs to.
public struct WhoAmI: Codable, Sendable, Equatable {
    public var principal: PrincipalRecord
    /// What this token may do, by namespace; `*` stands for every namespace.
    public var roles: [String: [Role]]

    /// Describes the caller.
    public init(principal: PrincipalRecord, roles: [String: [Role]]) {
        self.principal = principal
        self.roles = roles
    }
}

/// A namespace as the API shows it.
public struct NamespaceRecord: Codable, Sendable, Equatable {
    public var name: ResourceName
    public var createdAt: Int64

    /// Describes a namespace.
    public init(name: ResourceName, createdAt: Int64) {
        self.name = name
        self.createdAt = createdAt
    }
}

/// Asks for a new namespace.
public struct CreateNamespace: Codable, Sendable {
    public var name: ResourceName

    /// Asks for a namespace of this name.
    public init(name: ResourceName) { self.name = name }
}

/// A principal's roles in a namespace.
public struct MemberRecord: Codable, Sendable, Equatable {
    public var principal: PrincipalRecord
    public var roles: [Role]

    /// Describes a member.
    public init(principal: PrincipalRecord, roles: [Role]) {
        self.principal = principal
        self.roles = roles
    }
}

/// Replaces a principal's roles in a namespace; an empty list removes the member.
public struct SetMember: Codable, Sendable {
    public var roles: [Role]

    /// Asks for exactly these roles.
    public init(roles: [Role]) { self.roles = roles }
}

/// Asks for a token; the principal is made if nobody has that name.
public struct CreateToken: Codable, Sendable {
    /// The principal's name.
    public var principal: String
    /// What stands behind a principal that is made by this.
    public var kind: PrincipalRecord.Kind?
    /// Roles to add, in `namespace`.
    public var roles: [Role]?
    /// Where the roles hold; absent means everywhere, which only a server-wide admin may grant.
    public var namespace: ResourceName?
    /// 1 to 90 days; 90 if absent.
    public var expiresInDays: Int?
    /// What the token is for, in a few words.
    public var label: String?
    /// What of the principal's rights the token carries; absent means all of them, always.
    public var scopes: [TokenScope]?

    /// Asks for a token.
    public init(
        principal: String, kind: PrincipalRecord.Kind? = nil, roles: [Role]? = nil, namespace: ResourceName? = nil,
        expiresInDays: Int? = nil, label: String? = nil, scopes: [TokenScope]? = nil
    ) {
        self.principal = principal
        self.kind = kind
        self.roles = roles
        self.namespace = namespace
        self.expiresInDays = expiresInDays
        self.label = label
        self.scopes = scopes
    }
}

/// A token as the API shows it: never with its secret.
public struct TokenRecord: Codable, Sendable, Equatable {
    public var id: String
    public var principal: PrincipalRecord
    public var label: String
    public var createdAt: Int64
    public var expiresAt: Int64
    public var revokedAt: Int64?
    /// When it was last accepted, some seconds ago at most; absent if never.
    public var lastUsedAt: Int64?
    /// What of the principal's rights it carries; absent for all of them.
    public var scopes: [TokenScope]?

    /// Describes a token.
    public init(
        id: String, principal: PrincipalRecord, label: String, createdAt: Int64, expiresAt: Int64,
        revokedAt: Int64? = nil, lastUsedAt: Int64? = nil, scopes: [TokenScope]? = nil
    ) {
        self.id = id
        self.principal = principal
        self.label = label
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.scopes = scopes
    }
}

/// A new token, with the secret that is shown this once.
public struct NewToken: Codable, Sendable {
    public var token: String
    public var record: TokenRecord

    /// Describes a new token.
    public init(token: String, record: TokenRecord) {
        self.token = token
        self.record = record
    }
}
