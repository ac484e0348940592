extension IdentityProviderRecord.Kind {
    /// The claims that name what lasts: every rule names at least one. Names of repositories and projects can be given
    /// to somebody else later; ids cannot. Jenkins and unknown providers have nothing better than the subject.
    public var lastingClaims: [String] {
        switch self {
        case .github: ["repository_id", "repository_owner_id"]
        case .gitlab: ["project_id", "namespace_id"]
        case .kubernetes: ["/kubernetes.io/serviceaccount/uid"]
        case .jenkins, .other: ["sub"]
        }
    }

    /// The claims that the audit log keeps of an exchange: which run it was, and nobody's name.
    package var recordedClaims: [String] {
        switch self {
        case .github: ["repository_id", "run_id", "run_attempt", "sha"]
        case .gitlab: ["project_id", "pipeline_id", "job_id", "sha"]
        case .jenkins: ["build_number"]
        case .kubernetes: ["/kubernetes.io/serviceaccount/uid", "/kubernetes.io/pod/uid"]
        case .other: []
        }
    }

    /// The issuer of the public service; nil where every site has its own.
    public var usualIssuer: String? {
        switch self {
        case .github: "https://token.actions.githubusercontent.com"
        case .gitlab: "https://gitlab.com"
        case .jenkins, .kubernetes, .other: nil
        }
    }

    /// Where an issuer of this kind publishes its keys; nil where nothing is usual.
    public func usualKeysURL(issuer: String) -> String? {
        let path: String? =
            switch self {
            case .github: "/.well-known/jwks"
            case .gitlab: "/oauth/discovery/keys"
            case .jenkins: "/jwks"
            case .kubernetes: "/openid/v1/jwks"
            case .other: nil
            }
        return path.map { issuer + $0 }
    }

    /// What stands behind a principal that a rule makes.
    package var principalKind: PrincipalRecord.Kind { self == .kubernetes || self == .other ? .service : .ci }
}
