extension Role {
    /// Whether the role has every right of another one.
    package func covers(_ other: Role) -> Bool {
        Permission.allCases.allSatisfy { !$0.roles.contains(other) || $0.roles.contains(self) }
    }
}
