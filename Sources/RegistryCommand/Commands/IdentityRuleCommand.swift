import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay identity rule`: which tokens of a provider are whom.
struct IdentityRuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Which tokens of a provider are whom, and what they may do.",
        subcommands: [Add.self, List.self, Remove.self])

    /// `assay identity rule add`
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which tokens of a provider are whom.",
            discussion: """
                assay identity rule add house-ci --provider github --claim repository_id=1296269 \\
                --claim ref=refs/heads/main --principal house-ci --scope pusher@risk

                A token has to have all the claims, with exactly these values. One of them names what lasts: \\
                repository_id or repository_owner_id for GitHub, project_id or namespace_id for GitLab, \\
                /kubernetes.io/serviceaccount/uid for Kubernetes, sub for others. If several rules fit a token, the one \\
                with the most claims counts.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A name for the rule.", transform: { try ResourceName($0) }) var name: ResourceName
        @Option(help: "The provider whose tokens it is about.", transform: { try ResourceName($0) })
        var provider: ResourceName
        @Option(help: "A claim and its value, as repository_id=1296269; may stand several times.") var claim: [String]
        @Option(help: "Who such a token is; made if nobody has that name.") var principal: String
        @Option(
            help: "What it may do, as pusher@risk; may stand several times.", transform: { try TokenScope($0) })
        var scope: [TokenScope]

        func run() async throws {
            var claims: [String: String] = [:]
            for text in claim {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2, claims.updateValue(parts[1], forKey: parts[0]) == nil else {
                    throw RegistryError(.invalidRequest, "\"\(text.prefix(100))\" is not one claim, as name=value")
                }
            }
            let rule = try await global.client().createIdentityRule(
                CreateIdentityRule(
                    name: name, provider: provider, claims: claims, principal: principal, scopes: scope))
            if global.json { return try global.console.print(json: rule) }
            global.console.print(
                "tokens of \(provider) that fit are \(rule.principal.name), with "
                    + rule.scopes.map(\.description).joined(separator: " "))
        }
    }

    /// `assay identity rule list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The rules of all providers.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let records = try await global.client().identityRules()
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable(["NAME", "PROVIDER", "PRINCIPAL", "SCOPES", "CLAIMS"])
            for record in records {
                table.add([
                    record.name.text, record.provider.text, record.principal.name,
                    record.scopes.map(\.description).joined(separator: " "),
                    record.claims.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay identity rule remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a rule; the tokens that it gave end at once.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The rule.", transform: { try ResourceName($0) }) var name: ResourceName

        func run() async throws {
            try await global.client().removeIdentityRule(name)
            global.console.note("removed the identity rule \(name)")
        }
    }
}
