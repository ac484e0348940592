import RegistryTypes

/// One condition of a search.
enum SearchTerm: Sendable, Equatable {
    /// A part of `namespace/name`, whatever its case.
    case name(String)
    /// The alias points to the version now.
    case alias(Alias)
    /// The version's source is a commit whose id begins with these hex digits.
    case commit(prefix: String)
    /// The version bears the flag.
    case flag(String)
    /// What the last decision made of the version.
    case approval(ApprovalState)
    /// A metric of the version's own run, at its last step, lies on one side of a number.
    case metric(name: String, comparison: Comparison, value: Double)

    /// How a metric is compared; the raw value is the operator in a query and in SQL.
    enum Comparison: String, Sendable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
        case equal = "="
    }

    /// The flags that a version may bear.
    static let flags = ["nonfinite", "dirty-source", "source-incomplete"]

    private static let shortestCommit = 7

    /// Parses `text`, `alias:…`, `commit:…`, `flag:…`, `approval:…` or `metric:name>number`.
    init(_ text: Substring) throws {
        guard let colon = text.firstIndex(of: ":") else {
            self = .name(try Self.namePart(text))
            return
        }
        let value = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "alias": self = .alias(try Alias(value))
        case "commit": self = .commit(prefix: try Self.commitPrefix(value))
        case "flag": self = .flag(try Self.oneOf(Self.flags, value, "flag"))
        case "approval":
            let state = try Self.oneOf(ApprovalState.allCases.map(\.rawValue), value, "approval")
            self = .approval(ApprovalState(rawValue: state) ?? .pending)
        case "metric": self = try Self.metric(value)
        case let key:
            throw RegistryError(
                .invalidRequest,
                "a search knows alias:, commit:, flag:, approval: and metric:, not \"\(key.prefix(40)):\"")
        }
    }

    /// Whether only models can fulfil it.
    var isAboutModels: Bool {
        switch self {
        case .name, .alias: false
        case .commit, .flag, .approval, .metric: true
        }
    }

    var isApproval: Bool { if case .approval = self { true } else { false } }

    private static func namePart(_ text: Substring) throws -> String {
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "._-/".utf8.contains(byte)
            }
        }
        guard isName, text.utf8.count <= 193 else {
            throw RegistryError(
                .invalidRequest,
                "\"\(text.prefix(40))\" is no part of a namespace/name, which has letters, digits and . _ - /")
        }
        return text.lowercased()
    }

    private static func commitPrefix(_ text: Substring) throws -> String {
        guard (shortestCommit...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
            throw RegistryError(
                .invalidRequest,
                "commit: takes the first \(shortestCommit) to 64 lower-case hex digits of a commit id, not "
                    + "\"\(text.prefix(80))\"")
        }
        return String(text)
    }

    private static func oneOf(_ choices: [String], _ text: Substring, _ key: String) throws -> String {
        guard let choice = choices.first(where: { $0 == text }) else {
            throw RegistryError(
                .invalidRequest, "\(key): takes \(choices.joined(separator: ", ")), not \"\(text.prefix(40))\"")
        }
        return choice
    }

    private static func metric(_ text: Substring) throws -> SearchTerm {
        let operators: Set<Character> = ["<", ">", "="]
        let name = text.prefix { !operators.contains($0) }
        let rest = text[name.endIndex...]
        let comparison = Comparison.allCases.first { rest.hasPrefix($0.rawValue) }
        guard let comparison, !name.isEmpty, name.utf8.count <= 250,
            let value = Double(rest.dropFirst(comparison.rawValue.count)), value.isFinite
        else {
            throw RegistryError(
                .invalidRequest,
                "metric: takes a name, one of > >= < <= = and a number, as in metric:accuracy>0.9, not "
                    + "\"\(text.prefix(80))\"; values that are no numbers are found with flag:nonfinite")
        }
        return .metric(name: String(name), comparison: comparison, value: value)
    }
}
