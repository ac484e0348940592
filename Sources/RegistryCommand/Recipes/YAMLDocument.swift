import RegistryTypes
import Yams

/// A YAML document of a restricted kind: no anchors, no aliases, no tags, one document, 256 KiB at most.
///
/// What is left is JSON in another spelling, so that everybody reads the same into it.
struct YAMLDocument {
    /// The largest document, in bytes.
    static let maximumSize = 256 << 10
    private static let maximumDepth = 16

    /// The name for messages.
    let name: String
    /// The topmost mapping.
    let root: YAMLMapping

    /// Parses a document, or throws an error of the code with the line.
    init(_ text: String, name: String, code: ErrorCode = .invalidRecipe) throws {
        self.name = name
        guard text.utf8.count <= Self.maximumSize else {
            throw RegistryError(code, "\(name) is larger than \(Self.maximumSize) bytes")
        }
        if let line = YAMLAliasScan.firstAlias(in: text) {
            throw YAMLPlace(name, line: line, code: code).error(
                "YAML aliases (*) are refused; write the value out, or quote it if it is text")
        }
        let parser: Parser
        let node: Node?
        do {
            parser = try Parser(yaml: text, encoding: .utf8)
            node = try parser.singleRoot()
        } catch let error as YamlError {
            throw Self.error(error, name: name, code: code)
        }
        // Nodes hold their anchors weakly: they are there only as long as the parser is.
        root = try withExtendedLifetime(parser) {
            guard let node else { throw YAMLPlace(name, line: 1, code: code).error("the file is empty") }
            try Self.check(node, YAMLPlace(name, node, code: code), depth: 0)
            return try YAMLValue(node, place: YAMLPlace(name, node, code: code), path: "").mapping()
        }
    }

    private static func check(_ node: Node, _ place: YAMLPlace, depth: Int) throws {
        guard depth <= maximumDepth else { throw place.error("lists and maps are nested too deep") }
        guard node.anchor == nil else { throw place.error("YAML anchors (&) are refused; write the value out") }
        switch node {
        case .scalar: break
        case .sequence(let sequence):
            for element in sequence { try check(element, place.of(element), depth: depth + 1) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                try check(key, place.of(key), depth: depth + 1)
                try check(value, place.of(value), depth: depth + 1)
            }
        case .alias: throw place.error("YAML aliases (*) are refused; write the value out")
        }
    }

    private static func error(_ error: YamlError, name: String, code: ErrorCode) -> RegistryError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            YAMLPlace(name, line: mark.line, code: code).error("not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            YAMLPlace(name, line: context.mark.line, code: code).error(
                "the key \(keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")) stands twice")
        default: YAMLPlace(name, line: nil, code: code).error("not valid YAML: \(error)")
        }
    }
}
