import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay delete`: removes a version whose bytes are not needed any more.
struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a version of a model or dataset.",
        discussion: """
            Its record, its digest and its place in the lineage stay, and its number is not given again; its bytes are \
            no longer served, and go with a later collection. Refused for a version that is held, approved, pointed to \
            by an alias, read by a version that stays, or kept by a retention rule.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(
        help: "The version: ns/name:12, ns/name@sha256:… or dataset:ns/name:3.", transform: { try VersionArgument($0) })
    var version: VersionArgument

    func run() async throws {
        let record = try await global.client().removeVersion(version.kind, version.reference)
        if global.json { return try global.console.print(json: record) }
        global.console.print("removed \(record.name):\(record.number)  \(record.digest)")
    }
}
