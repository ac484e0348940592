import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay key`: the keys that the server signs statements with.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The keys that the server signs with.", subcommands: [List.self, Rotate.self],
        defaultSubcommand: List.self)

    /// `assay key list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The public keys, newest first.")

        @OptionGroup var global: GlobalOptions
        @Flag(help: "Print the present key in PEM form.") var pem = false

        func run() async throws {
            let keys = try await global.client().signingKeys()
            if global.json { return try global.console.print(json: keys) }
            if pem { return global.console.print(keys.keys.first.map { String($0.publicKey.dropLast()) } ?? "") }
            var table = TextTable(["KEY", "FROM", "UNTIL"])
            for key in keys.keys {
                table.add([
                    key.id.description, Wording.time(key.validFrom), key.validUntil.map(Wording.time) ?? "now",
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay key rotate`
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign with a new key from now on.",
            discussion: """
                Old statements stay good: the public half of the old key stays published. Its private half is destroyed. \
                Needs an administrator of the server.
                """)

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let record = try await global.client().rotateSigningKey()
            if global.json { return try global.console.print(json: record) }
            global.console.print("the server signs with \(record.id)")
        }
    }
}
