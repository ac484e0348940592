import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay hold`: legal holds.
struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Legal holds: nobody can remove a version that is held.",
        subcommands: [Place.self, Lift.self, List.self])

    /// `assay hold place`
    struct Place: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Hold a version.")

        @OptionGroup var global: GlobalOptions
        @Argument(
            help: "The version: ns/name:12, ns/name@sha256:… or dataset:ns/name:3.",
            transform: { try VersionArgument($0) })
        var version: VersionArgument
        @Option(help: "Why; it stands in the log for ever.") var reason: String

        func run() async throws {
            let hold = try await global.client().placeHold(
                PlaceHold(reason: reason), on: version.reference, version.kind)
            if global.json { return try global.console.print(json: hold) }
            global.console.print("holding \(hold.version)  \(hold.id)")
        }
    }

    /// `assay hold lift`
    struct Lift: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask for the end of a hold, or confirm it.",
            discussion: "The first person asks, and another one confirms with the same command.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The hold's id, as `assay hold list` shows it.", transform: { try RunID($0) }) var id: RunID

        func run() async throws {
            let hold = try await global.client().liftHold(id)
            if global.json { return try global.console.print(json: hold) }
            global.console.print(
                hold.lifted == nil
                    ? "asked for the end of the hold on \(hold.version); another person must confirm it"
                    : "lifted the hold on \(hold.version)")
        }
    }

    /// `assay hold list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The holds of a namespace, newest first, those that were lifted included.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName
        @Option(help: "The most lines.") var limit = 100

        func run() async throws {
            let holds = try await global.client().holds(in: namespace, limit: limit)
            if global.json { return try global.console.print(json: Page(items: holds)) }
            var table = TextTable(["HOLD", "VERSION", "STATE", "SINCE", "BY", "REASON"])
            for hold in holds {
                let asked = hold.liftAsked.map { "\($0.by.name) asks for its end" }
                table.add([
                    hold.id.text, hold.version.description, hold.lifted == nil ? asked ?? "in force" : "lifted",
                    Wording.time(hold.placedAt), hold.placedBy.name, hold.reason,
                ])
            }
            global.console.print(table.text)
        }
    }
}
