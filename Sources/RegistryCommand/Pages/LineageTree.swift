package import RegistryTypes

/// The lineage graph as an indented tree around its root.
package enum LineageTree {
    /// The tree; what stands under several parents is drawn once and then referred to.
    package static func text(_ graph: LineageGraph, direction: LineageGraph.Direction) -> String {
        var tree = Drawing(graph)
        tree.lines.append(tree.name(graph.root))
        switch direction {
        case .up: tree.draw(below: graph.root, prefix: "", isUpward: true)
        case .down: tree.draw(below: graph.root, prefix: "", isUpward: false)
        case .both:
            if tree.hasEdges(graph.root, isUpward: true) {
                tree.lines.append("made from")
                tree.draw(below: graph.root, prefix: "", isUpward: true)
            }
            tree.forget()
            if tree.hasEdges(graph.root, isUpward: false) {
                tree.lines.append("used by")
                tree.draw(below: graph.root, prefix: "", isUpward: false)
            }
        }
        return tree.lines.joined(separator: "\n")
    }

    private struct Drawing {
        var lines: [String] = []
        private let labels: [String: String]
        private let up: [String: [LineageGraph.Edge]]
        private let down: [String: [LineageGraph.Edge]]
        private let root: String
        private var drawn: Set<String>

        init(_ graph: LineageGraph) {
            labels = Dictionary(graph.nodes.map { ($0.id, $0.label) }, uniquingKeysWith: { first, _ in first })
            up = Dictionary(grouping: graph.edges, by: \.to)
            down = Dictionary(grouping: graph.edges, by: \.from)
            root = graph.root
            drawn = [graph.root]
        }

        mutating func forget() { drawn = [root] }

        func name(_ id: String) -> String {
            guard let label = labels[id], !label.isEmpty, label != id else { return id }
            return "\(id)  \(label)"
        }

        func hasEdges(_ id: String, isUpward: Bool) -> Bool { (isUpward ? up : down)[id]?.isEmpty == false }

        mutating func draw(below id: String, prefix: String, isUpward: Bool) {
            let edges = ((isUpward ? up : down)[id] ?? []).map { (isUpward ? $0.from : $0.to, $0.relation) }
                .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            for (index, (other, relation)) in edges.enumerated() {
                let isLast = index + 1 == edges.count
                let isNew = drawn.insert(other).inserted
                let again = !isNew && hasEdges(other, isUpward: isUpward) ? "  (see above)" : ""
                lines.append("\(prefix)\(isLast ? "└─" : "├─") \(relation)  \(name(other))\(again)")
                if isNew { draw(below: other, prefix: prefix + (isLast ? "   " : "│  "), isUpward: isUpward) }
            }
        }
    }
}
