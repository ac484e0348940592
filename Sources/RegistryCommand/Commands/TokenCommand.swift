import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay token`: what programs and people sign in with.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens of people, services and CI systems.",
        subcommands: [Create.self, List.self, Revoke.self])

    /// `assay token create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; its secret is printed once, alone, on standard output.",
            discussion: """
                Store it at once: assay token create --principal ci --kind ci --role pusher > token.txt

                A token with scopes carries only these of its principal's rights: --scope reader keeps what a reader may, \
                wherever the principal may it; --scope pusher@risk what a pusher may in the namespace risk.
                """)

        @OptionGroup var global: GlobalOptions
        @Option(help: "The principal's name; made if nobody has it.") var principal: String
        @Option(help: "What stands behind a principal that is made.") var kind: PrincipalRecord.Kind?
        @Option(help: "A role to add; may stand several times.") var role: [Role] = []
        @Option(help: "Where the roles hold; everywhere without it.", transform: { try ResourceName($0) })
        var namespace: ResourceName?
        @Option(
            help: "All that the token may do, as reader or pusher@risk; may stand several times.",
            transform: { try TokenScope($0) })
        var scope: [TokenScope] = []
        @Option(help: "Days until it ends, 1 to 90.") var expiresInDays: Int?
        @Option(help: "What it is for.") var label: String?

        func run() async throws {
            let token = try await global.client().createToken(
                CreateToken(
                    principal: principal, kind: kind, roles: role.isEmpty ? nil : role, namespace: namespace,
                    expiresInDays: expiresInDays, label: label, scopes: scope.isEmpty ? nil : scope))
            if global.json { return try global.console.print(json: token) }
            let record = token.record
            global.console.note(
                "token \(record.id) for \(record.principal.name), until \(Wording.time(record.expiresAt)); "
                    + "this is the only time its secret is shown:")
            global.console.print(token.token)
        }
    }

    /// `assay token list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Your tokens; all tokens for an admin of the whole server.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let records = try await global.client().tokens()
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable([
                "ID", "PRINCIPAL", "KIND", "SCOPES", "CREATED", "UNTIL", "LAST USED", "REVOKED", "LABEL",
            ])
            for record in records {
                table.add([
                    record.id, record.principal.name, record.principal.kind.rawValue,
                    record.scopes.map { $0.map(\.description).joined(separator: " ") } ?? "all",
                    Wording.time(record.createdAt), Wording.time(record.expiresAt),
                    record.lastUsedAt.map(Wording.time) ?? "never", record.revokedAt.map(Wording.time) ?? "-",
                    record.label,
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay token revoke`
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a token at once.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The token's public id, as `assay token list` prints it.") var id: String

        func run() async throws {
            try await global.client().revokeToken(id)
            global.console.note("revoked the token \(id)")
        }
    }
}
