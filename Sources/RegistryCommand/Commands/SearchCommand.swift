import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay search`: versions by their name and by what is known of them.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find versions by their name and by what is known of them.",
        discussion: """
            All conditions must hold: a part of namespace/name, alias:production, commit:<first 7 or more digits>, \
            flag:nonfinite, approval:approved, 'metric:accuracy>0.9'. The newest versions come first.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "What must hold.") var conditions: [String]
    @Flag(help: "Look for versions of datasets instead of models.") var datasets = false
    @Option(help: "The most lines.") var limit = 100

    func run() async throws {
        let found = try await global.client().search(
            conditions.joined(separator: " "), kind: datasets ? .datasets : .models, limit: limit)
        if global.json { return try global.console.print(json: Page(items: found)) }
        var table = TextTable(["VERSION", "CREATED", "BY", "APPROVAL", "ALIASES", "FLAGS", "COMMIT"])
        for version in found {
            table.add([
                "\(version.name):\(version.number)", Wording.time(version.createdAt), version.createdBy.name,
                version.approval?.rawValue ?? "-", Wording.list(Wording.aliases(of: version)),
                Wording.list(version.flags),
                version.commit.map { String($0.hex.prefix(12)) } ?? "-",
            ])
        }
        global.console.print(table.text)
    }
}
