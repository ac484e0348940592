import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay login`: keeps a token for a server.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Keep a token for a server.",
        discussion: """
            The token is read from a file or asked for without echo; it never stands on a command line. It is kept in a \
            file that only its owner can read; with --keyring in the system's keyring, through secret-tool.

            With --exchange, a CI job or a pod gives the token that its system signed for one of the server that is good \
            for 15 minutes: the token of ASSAY_OIDC_TOKEN, of the file that ASSAY_OIDC_TOKEN_FILE names, or one asked of \
            GitHub Actions.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(help: "The file that holds the token, or - for standard input.")
    var tokenFile: String?
    @Flag(help: "Give the token of the CI system or cluster for one of the server.")
    var exchange = false
    @Flag(help: "Keep the token in the system's keyring; the credentials file only says so.")
    var keyring = false
    @Option(help: "The audience that GitHub Actions is asked for; else the server's address.")
    var audience: String?

    func validate() throws {
        guard !exchange || tokenFile == nil else {
            throw ValidationError("give either --token-file or --exchange")
        }
    }

    func run() async throws {
        let url = try global.configuration().url
        let text = try await text(for: url)
        guard let token = APIToken(text) else {
            throw RegistryError(.unauthenticated, "this is not a token; one looks like assay_<12 letters>_<64 digits>")
        }
        let who = try await RegistryClient(url: url, token: token.revealed).whoAmI()
        let file = CredentialsFile(environment: ProcessInfo.processInfo.environment)
        try file.save(token: token.revealed, for: url, inKeyring: keyring)
        let console = global.console
        if console.isJSON { return try console.print(json: who) }
        console.print("logged in to \(url.absoluteString) as \(who.principal.name) (\(who.principal.kind.rawValue))")
        for (namespace, roles) in who.roles.sorted(by: { $0.key < $1.key }) {
            console.print("  \(namespace): \(roles.map(\.rawValue).joined(separator: ", "))")
        }
        console.note(keyring ? "the token is in the keyring, as \(file.path) says" : "the token is in \(file.path)")
    }

    /// The token, from where the flags say.
    private func text(for url: URL) async throws -> String {
        guard exchange else {
            return try tokenFile.map(SecretInput.read(file:)) ?? SecretInput.prompt("Token for \(url.absoluteString): ")
        }
        let identity = try await IdentityTokenSource.token(
            audience: audience ?? url.absoluteString, environment: ProcessInfo.processInfo.environment)
        return try await RegistryClient(url: url, token: nil).exchange(identityToken: identity).accessToken
    }
}
