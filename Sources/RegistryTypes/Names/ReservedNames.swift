/// Namespaces that would collide with routes of the API or of a dialect.
package enum ReservedNames {
    /// The reserved words, in lower case.
    package static let namespaces: Set<String> = [
        "api", "v2", "v1", "datasets", "dataset", "models", "model", "spaces", "oauth", "healthz", "readyz", "metrics",
        "static", "login", "admin", "assay",
    ]

    /// Throws `invalid-name` if a new namespace may not be called this.
    package static func check(namespace: ResourceName) throws {
        guard !namespaces.contains(namespace.text.lowercased()) else {
            throw RegistryError(.invalidName, "the namespace name \"\(namespace)\" is reserved")
        }
    }
}
