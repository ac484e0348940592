public import RegistryTypes

extension RegistryClient {
    /// Whose token this is, and what it may do.
    public func whoAmI() async throws -> WhoAmI { try await send(APIRequest(.get, ["whoami"])) }

    /// Throws `forbidden` unless the token has a right in a namespace, which has to exist; asked before long work.
    public func requireRight(to permission: Permission, in namespace: ResourceName) async throws {
        let held = try await whoAmI().roles
        let inside = held.first { $0.key.lowercased() == namespace.text.lowercased() }?.value ?? []
        guard Set(inside + held["*", default: []]).isDisjoint(with: permission.roles) else { return }
        let needed = permission.roles.map(\.rawValue).sorted().joined(separator: " or ")
        throw RegistryError(
            .forbidden, "this token may not \(permission.rawValue) in \(namespace); it needs the role \(needed) there")
    }

    /// Makes a namespace.
    public func createNamespace(_ name: ResourceName) async throws -> NamespaceRecord {
        try await send(APIRequest(.post, ["namespaces"]).sending(CreateNamespace(name: name)))
    }

    /// The namespaces in which the caller has a role.
    public func namespaces(limit: Int? = nil) async throws -> [NamespaceRecord] {
        try await list(APIRequest(.get, ["namespaces"]), limit: limit)
    }

    /// The members of a namespace now, or at a time.
    public func members(
        of namespace: ResourceName, at time: String? = nil, limit: Int? = nil
    ) async throws -> [MemberRecord] {
        let request = APIRequest(.get, ["namespaces", namespace.text, "members"])
        return try await list(request.asking("at", time), limit: limit)
    }

    /// Gives a principal exactly these roles in a namespace; none removes the member.
    public func setMember(
        _ principal: String, of namespace: ResourceName, roles: [Role]
    ) async throws -> MemberRecord {
        try await send(
            APIRequest(.put, ["namespaces", namespace.text, "members", principal]).sending(SetMember(roles: roles)))
    }

    /// Makes a token; its secret is in the answer and never again.
    public func createToken(_ token: CreateToken) async throws -> NewToken {
        try await send(APIRequest(.post, ["tokens"]).sending(token))
    }

    /// The caller's own tokens, or all of them for an admin of the whole server.
    public func tokens(limit: Int? = nil) async throws -> [TokenRecord] {
        try await list(APIRequest(.get, ["tokens"]), limit: limit)
    }

    /// Revokes a token by its public id.
    public func revokeToken(_ id: String) async throws {
        try await sendOnly(APIRequest(.delete, ["tokens", id]))
    }

    /// Erases the personal data of a principal for good.
    public func erasePrincipal(_ name: String) async throws -> PrincipalRecord {
        try await send(APIRequest(.post, ["principals", name, "erase"]))
    }
}
