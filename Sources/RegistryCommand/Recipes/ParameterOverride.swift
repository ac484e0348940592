package import RegistryTypes

/// A `--param name=value` of a run.
package struct ParameterOverride: Sendable, Hashable {
    /// The parameter.
    package let name: String
    /// Its value: JSON where it reads as a scalar, else the text itself.
    package let value: JSONValue

    /// Parses `name=value`; throws `invalid-request`.
    package init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw RegistryError(.invalidRequest, "a parameter is given as name=value, not \"\(text.prefix(100))\"")
        }
        name = String(parts[0])
        switch try? JSONParser.parse(parts[1].utf8) {
        case nil: value = .string(String(parts[1]))
        case .array, .object:
            throw RegistryError(.invalidRequest, "the parameter \(name) must be a single value, not a list or a map")
        case .some(let scalar): value = scalar
        }
    }
}
