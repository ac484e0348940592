import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay alias`: movable names of versions.
struct AliasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias", abstract: "Names such as production that point to a version.",
        subcommands: [SetAlias.self, Rollback.self, List.self, History.self, Remove.self])

    /// A model, or a dataset with `dataset:` in front.
    struct Place: Sendable {
        let kind: CollectionKind
        let name: QualifiedName

        /// Parses `ns/name` or `dataset:ns/name`.
        init(_ text: some StringProtocol) throws {
            let isDataset = text.hasPrefix("dataset:")
            kind = isDataset ? .datasets : .models
            let prefix = isDataset ? "dataset:" : text.hasPrefix("model:") ? "model:" : ""
            name = try QualifiedName(text.dropFirst(prefix.count))
        }
    }

    /// `assay alias set`
    struct SetAlias: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Point an alias to a version.",
            discussion: "The policy of the alias must hold; without one, production needs an approved version.")

        @OptionGroup var global: GlobalOptions
        @Argument(
            help: "The version: ns/name:12, ns/name@sha256:… or dataset:ns/name:3.",
            transform: { try Reference($0) })
        var reference: Reference
        @Argument(help: "The alias.", transform: { try Alias($0) }) var alias: Alias
        @Option(help: "Only if the alias points to this version now; 0 for: only if it does not exist yet.")
        var from: Int?

        func run() async throws {
            let (kind, reference) = try version()
            let client = try global.client()
            let summary = try await client.version(kind, reference).summary
            let condition = from.map { $0 == 0 ? RegistryClient.AliasCondition.absent : .pointsTo($0) }
            let record = try await client.moveAlias(
                alias, kind, of: reference.name, to: summary.number, condition: condition)
            if global.json { return try global.console.print(json: record) }
            global.console.print("\(reference.name):\(alias) → :\(summary.number)  \(summary.digest)")
        }

        private func version() throws -> (CollectionKind, VersionReference) {
            switch reference {
            case .model(let reference): (.models, reference)
            case .dataset(let reference): (.datasets, reference)
            default: throw RegistryError(.invalidReference, "an alias points to a version, not to \(reference)")
            }
        }
    }

    /// `assay alias rollback`
    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Point an alias to where it pointed before its last move.",
            discussion: """
                A second rollback goes one move further back. The policy must hold for the older version too, but it is \
                not compared with the one that is left.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "ns/name, or dataset:ns/name.", transform: { try Place($0) }) var place: Place
        @Argument(help: "The alias.", transform: { try Alias($0) }) var alias: Alias
        @Option(help: "Only if the alias points to this version now.") var from: Int?

        func run() async throws {
            let record = try await global.client().rollBackAlias(
                alias, place.kind, of: place.name, condition: from.map { .pointsTo($0) })
            if global.json { return try global.console.print(json: record) }
            let number = record.version.map { ":\($0)" } ?? "nothing"
            global.console.print("\(place.name):\(alias) → \(number)  \(record.digest?.description ?? "")")
        }
    }

    /// `assay alias list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Where the aliases of a model point now, or pointed.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "ns/name, or dataset:ns/name.", transform: { try Place($0) }) var place: Place
        @OptionGroup var past: PastOptions

        func run() async throws {
            let records = try await global.client().aliases(place.kind, of: place.name, at: past.at)
            if global.json { return try global.console.print(json: Page(items: records)) }
            global.console.print(AliasCommand.table(records).text)
        }
    }

    /// `assay alias history`
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Where an alias pointed when, newest first.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "ns/name, or dataset:ns/name.", transform: { try Place($0) }) var place: Place
        @Argument(help: "The alias.", transform: { try Alias($0) }) var alias: Alias
        @Option(help: "The most lines.") var limit = 100
        @OptionGroup var past: PastOptions

        func run() async throws {
            let records = try await global.client().aliasHistory(
                alias, place.kind, of: place.name, at: past.at, limit: limit)
            if global.json { return try global.console.print(json: Page(items: records)) }
            global.console.print(AliasCommand.table(records).text)
        }
    }

    /// `assay alias remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an alias; its history stays.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "ns/name, or dataset:ns/name.", transform: { try Place($0) }) var place: Place
        @Argument(help: "The alias.", transform: { try Alias($0) }) var alias: Alias

        func run() async throws {
            let record = try await global.client().moveAlias(alias, place.kind, of: place.name, to: nil)
            if global.json { return try global.console.print(json: record) }
            global.console.print("removed \(place.name):\(alias)")
        }
    }

    private static func notes(_ record: AliasRecord) -> [String] {
        var notes = record.override.map { ["EMERGENCY OVERRIDE \($0)"] } ?? []
        if record.isRollback == true { notes.append("rollback") }
        for alert in record.alerts ?? [] {
            switch alert.kind {
            case .staleVerdict: notes.append("STALE VERDICT")
            case .aliasOutOfPolicy: notes.append("OUT OF POLICY: \((alert.rules ?? []).joined(separator: " "))")
            }
        }
        return notes
    }

    private static func table(_ records: [AliasRecord]) -> TextTable {
        var table = TextTable(["ALIAS", "VERSION", "DIGEST", "SINCE", "BY", "NOTE"])
        for record in records {
            table.add([
                record.alias.text, record.version.map { String($0) } ?? "removed",
                record.digest.map(Wording.short) ?? "-", Wording.time(record.movedAt), record.movedBy.name,
                Wording.list(notes(record)),
            ])
        }
        return table
    }
}
