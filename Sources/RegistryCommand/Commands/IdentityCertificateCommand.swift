import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay identity certificate`: whose certificates clients show.
struct IdentityCertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Which names in clients' certificates are whom (mutual TLS).",
        subcommands: [Add.self, List.self, Remove.self])

    /// `assay identity certificate add`
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whose certificates carry a name.",
            discussion: """
                assay identity certificate add URI:spiffe://example.org/ns/ml/sa/serve --principal serve

                The name is a subject alternative name, compared as it stands: URI: and an address, or DNS: and a host. \\
                The server has to be run with --tls-client-ca.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The name in the certificate.") var name: String
        @Option(help: "Whose it is: somebody who has a token already.") var principal: String

        func run() async throws {
            let record = try await global.client().createCertificateName(
                CreateCertificateName(name: name, principal: principal))
            if global.json { return try global.console.print(json: record) }
            global.console.print("certificates with the name \(record.name) are \(record.principal.name)'s")
        }
    }

    /// `assay identity certificate list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The names that are somebody's.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let records = try await global.client().certificateNames()
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable(["NAME", "PRINCIPAL", "SINCE"])
            for record in records { table.add([record.name, record.principal.name, Wording.time(record.createdAt)]) }
            global.console.print(table.text)
        }
    }

    /// `assay identity certificate remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End that a name is somebody's, at once.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The name in the certificate.") var name: String

        func run() async throws {
            try await global.client().removeCertificateName(name)
            global.console.note("\(name) is nobody's any more")
        }
    }
}
