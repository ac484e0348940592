/// Whose certificates carry a name.
public struct CertificateNameRecord: Codable, Sendable, Equatable {
    /// A subject alternative name: `URI:spiffe://…` or `DNS:…`.
    public var name: String
    public var principal: PrincipalRecord
    public var createdAt: Int64

    /// Describes a name.
    public init(name: String, principal: PrincipalRecord, createdAt: Int64) {
        self.name = name
        self.principal = principal
        self.createdAt = createdAt
    }
}

/// Asks that certificates with a name are a principal's.
public struct CreateCertificateName: Codable, Sendable {
    /// The longest name, in bytes; SPIFFE ids have up to 2048.
    package static let longest = 2100

    public var name: String
    public var principal: String

    /// Asks for a name.
    public init(name: String, principal: String) {
        self.name = name
        self.principal = principal
    }

    /// Throws `invalid-request` for what no certificate's name looks like here.
    package func check() throws {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, ["URI", "DNS"].contains(parts[0]), !parts[1].isEmpty, !parts[1].contains("*"),
            parts[0] != "DNS" || parts[1].lowercased() == parts[1], name.utf8.count <= Self.longest,
            name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw RegistryError(
                .invalidRequest,
                "\"\(name.prefix(200))\" is not a name in a certificate; give URI:spiffe://domain/path or, in small letters, "
                    + "DNS:host.example.org")
        }
    }
}
