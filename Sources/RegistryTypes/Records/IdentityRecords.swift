/// Who signs identities, such as a CI system: its tokens are exchanged for Assay's at `/oauth/token`.
public struct IdentityProviderRecord: Codable, Sendable, Equatable {
    /// What signs: it decides which claims last longer than a name.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case github, gitlab, jenkins, kubernetes, other
    }

    public var name: ResourceName
    public var kind: Kind
    /// The `iss` of its tokens, compared as it stands.
    public var issuer: String
    /// The `aud` of its tokens, compared as it stands.
    public var audience: String
    /// Where its public keys are fetched; absent if they were given.
    public var keysURL: String?
    /// The CAs, as PEM, that alone vouch for the server of its keys; absent for those of the system.
    public var keysCA: String?
    /// The ids of the keys that were given; absent if they are fetched.
    public var keyIDs: [String]?
    /// Whether one of its tokens may be exchanged more than once.
    public var allowsReuse: Bool
    public var createdAt: Int64

    /// Describes a provider.
    public init(
        name: ResourceName, kind: Kind, issuer: String, audience: String, keysURL: String?, keysCA: String? = nil,
        keyIDs: [String]?, allowsReuse: Bool, createdAt: Int64
    ) {
        self.name = name
        self.kind = kind
        self.issuer = issuer
        self.audience = audience
        self.keysURL = keysURL
        self.keysCA = keysCA
        self.keyIDs = keyIDs
        self.allowsReuse = allowsReuse
        self.createdAt = createdAt
    }
}

/// Asks to trust who signs identities; either `keysURL` or `keys` is given.
public struct CreateIdentityProvider: Codable, Sendable {
    public var name: ResourceName
    public var kind: IdentityProviderRecord.Kind
    public var issuer: String
    public var audience: String
    /// An https address, or http on the server's own machine.
    public var keysURL: String?
    /// The CAs, as PEM of at most 16 KiB, that alone vouch for the server of its keys, as inside a company.
    public var keysCA: String?
    /// A JSON Web Key Set (RFC 7517), for sites whose server reaches nobody.
    public var keys: JSONValue?
    public var allowsReuse: Bool?

    /// Asks to trust a provider.
    public init(
        name: ResourceName, kind: IdentityProviderRecord.Kind, issuer: String, audience: String,
        keysURL: String? = nil, keysCA: String? = nil, keys: JSONValue? = nil, allowsReuse: Bool? = nil
    ) {
        self.name = name
        self.kind = kind
        self.issuer = issuer
        self.audience = audience
        self.keysURL = keysURL
        self.keysCA = keysCA
        self.keys = keys
        self.allowsReuse = allowsReuse
    }
}

/// Replaces the keys that were given for a provider.
public struct SetIdentityKeys: Codable, Sendable {
    /// A JSON Web Key Set (RFC 7517).
    public var keys: JSONValue

    /// Asks for exactly these keys.
    public init(keys: JSONValue) { self.keys = keys }
}

/// Which tokens of a provider are whom, and what they may do.
public struct IdentityRuleRecord: Codable, Sendable, Equatable {
    public var name: ResourceName
    public var provider: ResourceName
    /// What a token has to say, all of it: the value of each claim as text. A name that begins with a slash leads into
    /// the claims as a JSON pointer (RFC 6901).
    public var claims: [String: String]
    public var principal: PrincipalRecord
    /// What the token that is given for it may do.
    public var scopes: [TokenScope]
    public var createdAt: Int64

    /// Describes a rule.
    public init(
        name: ResourceName, provider: ResourceName, claims: [String: String], principal: PrincipalRecord,
        scopes: [TokenScope], createdAt: Int64
    ) {
        self.name = name
        self.provider = provider
        self.claims = claims
        self.principal = principal
        self.scopes = scopes
        self.createdAt = createdAt
    }
}

/// Asks for a rule; its principal is made if nobody has that name, and gets the roles that the scopes need.
public struct CreateIdentityRule: Codable, Sendable {
    public var name: ResourceName
    public var provider: ResourceName
    public var claims: [String: String]
    public var principal: String
    public var scopes: [TokenScope]

    /// Asks for a rule.
    public init(
        name: ResourceName, provider: ResourceName, claims: [String: String], principal: String, scopes: [TokenScope]
    ) {
        self.name = name
        self.provider = provider
        self.claims = claims
        self.principal = principal
        self.scopes = scopes
    }
}

/// The answer of `/oauth/token` (RFC 8693 §2.2.1).
public struct ExchangedToken: Codable, Sendable {
    public var accessToken: String
    public var issuedTokenType = "urn:ietf:params:oauth:token-type:access_token"
    public var tokenType = "Bearer"
    /// Seconds.
    public var expiresIn: Int

    /// Describes a token that was exchanged.
    public init(accessToken: String, expiresIn: Int) {
        self.accessToken = accessToken
        self.expiresIn = expiresIn
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case issuedTokenType = "issued_token_type"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }
}

/// The answer of `/oauth/token` to what it refuses (RFC 6749 §5.2).
public struct TokenExchangeProblem: Codable, Sendable {
    public var error: String
    public var description: String

    /// Describes a refusal.
    public init(error: String, description: String) {
        self.error = error
        self.description = description
    }

    enum CodingKeys: String, CodingKey {
        case error
        case description = "error_description"
    }
}
