/// A part of the lineage graph around one thing.
public struct LineageGraph: Codable, Sendable, Equatable {
    /// Towards what it was made from, or towards what was made from it.
    public enum Direction: String, Codable, Sendable, CaseIterable {
        case up, down, both
    }

    /// A thing that lineage knows.
    public struct Node: Codable, Sendable, Equatable, Hashable {
        /// The reference, always with its kind: `model:ns/name:3`, `commit:…`.
        public var id: String
        /// `model`, `dataset`, `run`, `commit`, `image`, `alias`, `reproduction`.
        public var kind: String
        /// What a person should see beside the id.
        public var label: String

        /// Describes a node.
        public init(id: String, kind: String, label: String) {
            self.id = id
            self.kind = kind
            self.label = label
        }
    }

    /// An edge from what was used to what came of it.
    public struct Edge: Codable, Sendable, Equatable, Hashable {
        public var from: String
        public var to: String
        /// `trained-on`, `evaluated-on`, `built-from`, `produced`, `runs-in`, `points-to`, `reproduces`.
        public var relation: String

        /// Describes an edge.
        public init(from: String, to: String, relation: String) {
            self.from = from
            self.to = to
            self.relation = relation
        }
    }

    /// The id of the node that was asked for.
    public var root: String
    public var nodes: [Node]
    public var edges: [Edge]
    /// Whether the graph was cut at the limit of nodes.
    public var truncated: Bool

    /// Describes a graph.
    public init(root: String, nodes: [Node], edges: [Edge], truncated: Bool) {
        self.root = root
        self.nodes = nodes
        self.edges = edges
        self.truncated = truncated
    }
}
