import GRDB
import RegistryTypes

/// Walks the graph breadth-first from a root: one query for each kind of edge and level, whatever a level holds.
struct LineageWalk {
    /// Where a graph is cut.
    static let mostNodes = 1000
    static let mostEdges = 10_000

    private let root: LineageNode
    private let caller: Caller
    private var known: Set<LineageKey>
    private var knownKinds: Set<LineageNode.Kind>
    private var seenEdges: Set<LineageGraph.Edge> = []
    private(set) var graph: LineageGraph

    /// Starts with the root alone.
    init(from root: LineageNode, as caller: Caller) {
        self.root = root
        self.caller = caller
        known = [root.key]
        knownKinds = [root.key.nodeKind]
        graph = LineageGraph(root: root.node.id, nodes: [root.node], edges: [], truncated: false)
    }

    /// Adds all that is reached in one direction. Going both ways is two walks from the root: what else was made from
    /// the same data is no part of the answer.
    mutating func walk(_ queries: [LineageQuery], isUpward: Bool, _ db: Database) throws {
        var ids = [root.key: root.node.id]
        var level = [root.key]
        while !level.isEmpty {
            var next: [LineageKey] = []
            for query in queries {
                guard let limit = limit(of: query) else { continue }
                let links = try query.links(from: level, caller, limit: limit, db)
                if links.count > Self.mostEdges { graph.truncated = true }
                for link in links where add(link, fromID: ids[link.origin] ?? "", isUpward: isUpward) {
                    if ids.updateValue(link.neighbour.node.id, forKey: link.neighbour.key) == nil {
                        next.append(link.neighbour.key)
                    }
                }
            }
            level = next
        }
    }

    /// How many links of a kind may be of use; nil for none.
    ///
    /// A full graph still takes edges between its nodes. Where it has no node of the kind, all that is left to find out is
    /// whether something was cut off.
    private func limit(of query: LineageQuery) -> Int? {
        if graph.nodes.count < Self.mostNodes || knownKinds.contains(query.neighbour) { return Self.mostEdges + 1 }
        return graph.truncated ? nil : 1
    }

    /// Adds an edge and the node at its far end; false where the graph is full.
    private mutating func add(_ link: LineageLink, fromID: String, isUpward: Bool) -> Bool {
        let neighbour = link.neighbour
        guard known.contains(neighbour.key) || graph.nodes.count < Self.mostNodes,
            graph.edges.count < Self.mostEdges
        else {
            graph.truncated = true
            return false
        }
        if known.insert(neighbour.key).inserted {
            knownKinds.insert(neighbour.key.nodeKind)
            graph.nodes.append(neighbour.node)
        }
        let edge = LineageGraph.Edge(
            from: isUpward ? neighbour.node.id : fromID, to: isUpward ? fromID : neighbour.node.id,
            relation: link.relation)
        if seenEdges.insert(edge).inserted { graph.edges.append(edge) }
        return true
    }
}
