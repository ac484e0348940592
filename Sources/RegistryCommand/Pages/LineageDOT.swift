package import RegistryTypes

/// The lineage graph in the language of Graphviz (`dot -Tsvg`).
package enum LineageDOT {
    /// The whole document.
    package static func text(_ graph: LineageGraph) -> String {
        var lines = ["digraph lineage {", "  rankdir=LR;", "  node [shape=box, fontname=\"sans-serif\"];"]
        for node in graph.nodes.sorted(by: { $0.id < $1.id }) {
            let label = node.label.isEmpty || node.label == node.id ? node.id : "\(node.id)\n\(node.label)"
            let style = node.id == graph.root ? ", style=bold" : ""
            lines.append("  \(quoted(node.id)) [label=\(quoted(label)), shape=\(shape(node.kind))\(style)];")
        }
        let edges = graph.edges.sorted { ($0.from, $0.to, $0.relation) < ($1.from, $1.to, $1.relation) }
        for edge in edges {
            lines.append("  \(quoted(edge.from)) -> \(quoted(edge.to)) [label=\(quoted(edge.relation))];")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func shape(_ kind: String) -> String {
        switch kind {
        case "dataset": "cylinder"
        case "run", "reproduction": "ellipse"
        case "commit", "image": "note"
        case "alias": "tag"
        default: "box"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
