import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's address.", discussion: "Else ASSAY_URL, else http://127.0.0.1:7447."))
    var url: String?

    @Flag(help: "Print the API's JSON documents on standard output, and an error as JSON on standard error.")
    var json = false

    @Flag(name: [.short, .long], help: "No progress and no notes on standard error.")
    var quiet = false

    /// What the command prints to.
    var console: Console { Console(isJSON: json, isQuiet: quiet) }

    /// The server and the token, from flag, environment, credentials file and default, in this order.
    func configuration() throws -> ClientConfiguration { try ClientConfiguration(flag: url) }

    /// A client of the configured server.
    func client() throws -> RegistryClient {
        let configuration = try configuration()
        return try RegistryClient(url: configuration.url, token: configuration.token)
    }
}
