import RegistryTypes
import Yams

/// Where something stands in a YAML file.
struct YAMLPlace {
    private let name: String
    private let line: Int?
    /// The code of errors in the file.
    private let code: ErrorCode

    init(_ name: String, line: Int?, code: ErrorCode) {
        self.name = name
        self.line = line
        self.code = code
    }

    init(_ name: String, _ node: Node, code: ErrorCode) {
        self.init(name, line: node.mark?.line, code: code)
    }

    /// The place of a node of the same file.
    func of(_ node: Node) -> YAMLPlace { YAMLPlace(name, line: node.mark?.line ?? line, code: code) }

    /// An error about this place.
    func error(_ message: String) -> RegistryError {
        RegistryError(code, name + (line.map { ":\($0)" } ?? "") + ": " + message)
    }
}
