package import RegistryTypes

/// A `--param name=value` of a run.
package struct ParameterOverride: Sendable, Hashable {
    /// The parameter.
    package let name: String
    /// Its value: JSON where it reads as a scalar, else the text itself.
    package let value: JSONValue
    /// Whether it is written as a floating-point number.
    package let isFloat: Bool

    /// Parses `name=value`; throws `invalid-request`.
    package init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw RegistryError(.invalidRequest, "a parameter is given as name=value, not \"\(text.prefix(100))\"")
        }
        name = String(parts[0])
        let text = parts[1]
        switch try? JSONParser.parse(text.utf8) {
        case nil:
            guard Double(text) == nil else {
                throw RegistryError(
                    .invalidRequest,
                    "write the number \(text.prefix(40)) of the parameter \(name) as JSON does, as in 0.5")
            }
            (value, isFloat) = (.string(String(text)), false)
        case .array, .object:
            throw RegistryError(.invalidRequest, "the parameter \(name) must be a single value, not a list or a map")
        case .number(let number):
            (value, isFloat) = (.number(number), YAMLValue.isFloat(text))
            guard isFloat || number.magnitude <= 9_007_199_254_740_991 else {
                throw RegistryError(.invalidRequest, "the parameter \(name) is a whole number beyond 2^53")
            }
        case .some(let scalar): (value, isFloat) = (scalar, false)
        }
    }
}

extension AssayFile {
    /// Gives a parameter another value; throws `invalid-request` for one of another type.
    mutating func override(_ name: String, _ parameter: ParameterOverride) throws {
        guard let own = parameters[name], own == .null || own.typeName == parameter.value.typeName else {
            throw RegistryError(
                .invalidRequest,
                "the parameter \(name) is a \(parameters[name]?.typeName ?? "null") in \(Self.name), and is given as a "
                    + parameter.value.typeName)
        }
        parameters[name] = parameter.value
        if parameter.isFloat { floats.insert(name) } else { floats.remove(name) }
    }
}
