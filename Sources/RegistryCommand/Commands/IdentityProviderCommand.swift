import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay identity provider`: who signs identities.
struct IdentityProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Who signs identities: GitHub, GitLab, Jenkins, a Kubernetes cluster.",
        subcommands: [Add.self, List.self, SetKeys.self, Remove.self])

    /// Reads a JSON Web Key Set from a file.
    static func keys(file: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: file), data.count <= 256 << 10 else {
            throw RegistryError(.invalidPath, "\(file) cannot be read, or is larger than a key set is")
        }
        return try JSONParser.parse(data)
    }

    /// Reads the certificates of CAs from a file; the server looks whether they are such.
    static func authorities(file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file), data.count <= 16 << 10 else {
            throw RegistryError(.invalidPath, "\(file) cannot be read, or is larger than 16 KiB")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// `assay identity provider add`
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trust a provider; its tokens are somebody only by `assay identity rule add`.",
            discussion: """
                assay identity provider add github --kind github --audience https://assay.example.org

                Without --keys-url and --keys-file, the keys are fetched where the kind of provider publishes them below \\
                its issuer. A server that reaches nobody is given the keys as a file.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "A name for the provider.", transform: { try ResourceName($0) }) var name: ResourceName
        @Option(help: "What it is.") var kind: IdentityProviderRecord.Kind
        @Option(help: "The audience that its tokens have to be made for, exactly.") var audience: String
        @Option(help: "The issuer in its tokens, exactly; known for GitHub and gitlab.com.") var issuer: String?
        @Option(help: "Where its public keys are published.") var keysURL: String?
        @Option(help: "The file with its public keys, a JSON Web Key Set.", completion: .file()) var keysFile: String?
        @Option(help: "The PEM file with the CAs that alone vouch for the server of its keys.", completion: .file())
        var caFile: String?
        @Flag(help: "Let one of its tokens be exchanged more than once, until it expires.") var allowReuse = false

        func validate() throws {
            guard keysURL == nil || keysFile == nil else { throw ValidationError("give --keys-url or --keys-file") }
        }

        func run() async throws {
            guard let issuer = issuer ?? kind.usualIssuer else {
                throw RegistryError(.invalidRequest, "give the --issuer that stands in the tokens of this provider")
            }
            let keys = try keysFile.map(IdentityProviderCommand.keys(file:))
            let address = keys == nil ? keysURL ?? kind.usualKeysURL(issuer: issuer) : nil
            let provider = try await global.client().createIdentityProvider(
                CreateIdentityProvider(
                    name: name, kind: kind, issuer: issuer, audience: audience, keysURL: address,
                    keysCA: caFile.map(IdentityProviderCommand.authorities(file:)), keys: keys,
                    allowsReuse: allowReuse ? true : nil))
            if global.json { return try global.console.print(json: provider) }
            global.console.print(
                "trusts \(provider.issuer) for \(provider.audience), with "
                    + (provider.keysURL.map { "the keys at \($0)" } ?? "the keys of the file"))
        }
    }

    /// `assay identity provider list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The providers that the server trusts.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let records = try await global.client().identityProviders()
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable(["NAME", "KIND", "ISSUER", "AUDIENCE", "KEYS", "REUSE"])
            for record in records {
                table.add([
                    record.name.text, record.kind.rawValue, record.issuer, record.audience,
                    record.keysURL ?? (record.keyIDs ?? []).joined(separator: " "), record.allowsReuse ? "yes" : "no",
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay identity provider set-keys`
    struct SetKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-keys", abstract: "Replace the keys of a provider whose keys were given as a file.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The provider.", transform: { try ResourceName($0) }) var name: ResourceName
        @Option(help: "The file with its public keys, a JSON Web Key Set.", completion: .file()) var keysFile: String

        func run() async throws {
            let provider = try await global.client().setIdentityKeys(
                of: name, try IdentityProviderCommand.keys(file: keysFile))
            if global.json { return try global.console.print(json: provider) }
            global.console.print("keys of \(name): \((provider.keyIDs ?? []).joined(separator: " "))")
        }
    }

    /// `assay identity provider remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the trust in a provider; its rules go, and the tokens that they gave end at once.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The provider.", transform: { try ResourceName($0) }) var name: ResourceName

        func run() async throws {
            try await global.client().removeIdentityProvider(name)
            global.console.note("removed the identity provider \(name)")
        }
    }
}
