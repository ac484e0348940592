import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay namespace`: owners of names, and who may do what there.
struct NamespaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namespace", abstract: "Namespaces and their members.",
        subcommands: [Create.self, List.self, Members.self, SetMembership.self])

    /// `assay namespace create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a namespace.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "Its name.", transform: { try ResourceName($0) }) var name: ResourceName

        func run() async throws {
            let record = try await global.client().createNamespace(name)
            if global.json { return try global.console.print(json: record) }
            global.console.print("created the namespace \(record.name)")
        }
    }

    /// `assay namespace list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The namespaces in which you have a role.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let records = try await global.client().namespaces()
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable(["NAMESPACE", "CREATED"])
            for record in records { table.add([record.name.text, Wording.time(record.createdAt)]) }
            global.console.print(table.text)
        }
    }

    /// `assay namespace members`
    struct Members: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The members of a namespace and their roles, now or at a time.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName
        @OptionGroup var past: PastOptions

        func run() async throws {
            let records = try await global.client().members(of: namespace, at: past.at)
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable(["PRINCIPAL", "KIND", "ROLES"])
            for record in records {
                table.add([
                    record.principal.name, record.principal.kind.rawValue,
                    record.roles.map(\.rawValue).joined(separator: ", "),
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay namespace set-member`
    struct SetMembership: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-member", abstract: "Give a principal exactly these roles; none removes the member.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName
        @Argument(help: "The principal's name.") var principal: String
        @Option(help: "A role; may stand several times.") var role: [Role] = []

        func run() async throws {
            let record = try await global.client().setMember(principal, of: namespace, roles: role)
            if global.json { return try global.console.print(json: record) }
            let roles = record.roles.map(\.rawValue).joined(separator: ", ")
            global.console.print("\(record.principal.name) in \(namespace): \(roles.isEmpty ? "no roles" : roles)")
        }
    }
}
