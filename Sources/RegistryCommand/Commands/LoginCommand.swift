import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay login`: keeps a token for a server.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Keep a token for a server.",
        discussion: "The token is read from a file or asked for without echo; it never stands on a command line.")

    @OptionGroup var global: GlobalOptions

    @Option(help: "The file that holds the token, or - for standard input.")
    var tokenFile: String?

    func run() async throws {
        let url = try global.configuration().url
        let text = try tokenFile.map(SecretInput.read(file:)) ?? SecretInput.prompt("Token for \(url.absoluteString): ")
        guard let token = APIToken(text) else {
            throw RegistryError(.unauthenticated, "this is not a token; one looks like assay_<12 letters>_<64 digits>")
        }
        let who = try await RegistryClient(url: url, token: token.revealed).whoAmI()
        let file = CredentialsFile(environment: ProcessInfo.processInfo.environment)
        try file.save(token: token.revealed, for: url)
        let console = global.console
        if console.isJSON { return try console.print(json: who) }
        console.print("logged in to \(url.absoluteString) as \(who.principal.name) (\(who.principal.kind.rawValue))")
        for (namespace, roles) in who.roles.sorted(by: { $0.key < $1.key }) {
            console.print("  \(namespace): \(roles.map(\.rawValue).joined(separator: ", "))")
        }
        console.note("the token is in \(file.path)")
    }
}
