import ArgumentParser

/// `assay identity`: whose word about identities the server takes.
struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "Which CI systems, clusters and certificates the server believes.",
        subcommands: [IdentityProviderCommand.self, IdentityRuleCommand.self, IdentityCertificateCommand.self])
}
