import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay lineage`: what something was made from, and what was made from it.
struct LineageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage", abstract: "Show what something was made from, and what was made from it.")

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: "A version, or anything with its kind in front: dataset:…, run:…, commit:…, image:….",
        transform: { try Reference($0) })
    var reference: Reference

    @Option(help: "Towards the origins, towards the uses, or both.") var direction = LineageGraph.Direction.both

    @Flag(help: "Print a graph for Graphviz.") var dot = false

    @OptionGroup var past: PastOptions

    func run() async throws {
        let graph = try await global.client().lineage(of: reference, direction: direction, at: past.at)
        let console = global.console
        if console.isJSON { return try console.print(json: graph) }
        console.print(dot ? LineageDOT.text(graph) : LineageTree.text(graph, direction: direction))
        if graph.truncated { console.warn("the graph is larger than what is shown") }
    }
}
