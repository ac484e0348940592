import RegistryTypes
import Yams

/// Where something stands in a YAML file.
struct YAMLPlace {
    private let name: String
    private let line: Int?

    init(_ name: String, line: Int?) {
        self.name = name
        self.line = line
    }

    init(_ name: String, _ node: Node) {
        self.init(name, line: node.mark?.line)
    }

    /// The place of a node of the same file.
    func of(_ node: Node) -> YAMLPlace { YAMLPlace(name, line: node.mark?.line ?? line) }

    /// An `invalid-recipe` error about this place.
    func error(_ message: String) -> RegistryError {
        RegistryError(.invalidRecipe, name + (line.map { ":\($0)" } ?? "") + ": " + message)
    }
}
