/// One thing that a token may do: a role, in one namespace or wherever its principal has the rights of that role.
///
/// A scope gives nothing: it is what a token keeps of what its principal may. As text: `reader`, `pusher@risk`.
public struct TokenScope: Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The most scopes of one token or rule.
    package static let most = 50

    public var role: Role
    /// Where; absent stands for everywhere.
    public var namespace: ResourceName?

    /// Describes a scope.
    public init(role: Role, namespace: ResourceName? = nil) {
        self.role = role
        self.namespace = namespace
    }

    /// Parses `<role>` or `<role>@<namespace>`; throws `invalid-request` or `invalid-name`.
    public init(_ text: some StringProtocol) throws {
        let parts = String(text).split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let role = Role(rawValue: parts[0]) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw RegistryError(
                .invalidRequest,
                "\"\(text.prefix(100))\" is not a scope; one is a role, or a role and a namespace as in reader@risk; "
                    + "roles: \(roles)")
        }
        self.init(role: role, namespace: parts.count > 1 ? try ResourceName(parts[1]) : nil)
    }

    public var description: String { role.rawValue + (namespace.map { "@\($0)" } ?? "") }

    public static func < (left: TokenScope, right: TokenScope) -> Bool { left.description < right.description }
}
