import Foundation
import RegistryTypes

/// The system's keyring, through `secret-tool` of libsecret. A secret goes through pipes, never through arguments.
struct Keyring: Sendable {
    /// What the credentials file holds in the place of a token that is in the keyring.
    static let mark = "keyring"

    /// The variables that `secret-tool` is found and run with.
    private let environment: [String: String]

    init(environment: [String: String]) { self.environment = environment }

    /// Keeps a secret for a server; throws `invalid-request` where there is no keyring.
    func store(_ secret: String, for server: String) throws {
        let done = try run(["store", "--label=Assay token for \(server)"] + Self.attributes(server), input: secret)
        guard done.status == 0 else { throw Self.unusable(done.words) }
    }

    /// The secret of a server; throws `unauthenticated` where the keyring has none or cannot be asked.
    func secret(for server: String) throws -> String {
        let done = try run(["lookup"] + Self.attributes(server))
        let secret = done.output.trimmingCharacters(in: .whitespacesAndNewlines)
        guard done.status == 0, !secret.isEmpty else {
            throw RegistryError(
                .unauthenticated,
                "the keyring gives no token for \(server)\(done.words.isEmpty ? "" : ": \(done.words)"). Unlock it, or run "
                    + "`assay login` again")
        }
        return secret
    }

    /// Forgets the secret of a server, if it has one.
    func remove(for server: String) throws { _ = try run(["clear"] + Self.attributes(server)) }

    private static func attributes(_ server: String) -> [String] { ["service", "assay", "server", server] }

    private static func unusable(_ words: String) -> RegistryError {
        RegistryError(
            .invalidRequest,
            "the keyring cannot be used\(words.isEmpty ? "" : ": \(words)"). Without a desktop session there is none; "
                + "`assay login` without --keyring keeps the token in a file that only you can read")
    }

    private var program: URL {
        get throws {
            let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
            let paths = folders.filter { $0.hasPrefix("/") }.map { "\($0)/secret-tool" }
            guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
                throw Self.unusable("there is no secret-tool; Debian has it in libsecret-tools")
            }
            return URL(filePath: path)
        }
    }

    /// Runs `secret-tool` to its end; it may ask its user on the screen for the keyring's password.
    private func run(
        _ arguments: [String], input: String = ""
    ) throws -> (status: Int32, output: String, words: String) {
        let process = Process()
        let (stdin, output, words) = (Pipe(), Pipe(), Pipe())
        process.executableURL = try program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = stdin.fileHandleForReading
        process.standardOutput = output
        process.standardError = words
        // A token is shorter than what a pipe holds, so that nobody has to read yet.
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        do {
            try process.run()
        } catch {
            throw Self.unusable("secret-tool cannot be started")
        }
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        let said = try words.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: answer, as: UTF8.self),
            String(decoding: said.prefix(500), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }
}
