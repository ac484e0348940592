import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay principal`: what the server keeps of people.
struct PrincipalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "principal", abstract: "People and services that have tokens.", subcommands: [Erase.self])

    /// `assay principal erase`
    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase the personal data of somebody: the name, the texts of comments. It cannot be undone.",
            discussion: """
                The log and the history keep an opaque id and commitments, so they can still be verified. Tokens and roles \
                end with it. Backups hold what was erased until they are deleted.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The name.") var name: String
        @Flag(help: "Do it; without this nothing is erased.") var yes = false

        func run() async throws {
            guard yes else {
                throw ValidationError("this cannot be undone; say --yes to erase the personal data of \"\(name)\"")
            }
            let record = try await global.client().erasePrincipal(name)
            if global.json { return try global.console.print(json: record) }
            global.console.print("erased; the log and the history know \(record.id)")
        }
    }
}
