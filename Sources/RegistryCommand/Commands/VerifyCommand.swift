import ArgumentParser
import Foundation
import RegistryTypes

/// `assay verify`: checks a signed statement without any server.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a signed statement, and files against it, offline.",
        discussion: """
            The statement is a file that `assay evidence` fetched. The key is a PEM file or the list of keys that a \
            server publishes; without --key it is keys.json in the folder of the statement or above it. Exits with 5 if \
            the signature, the statement or a file is not right.
            """)

    @Argument(help: "The signed statement.", completion: .file()) var statement: String
    @Argument(help: "Files of the version, or the folder that they were pulled to.", completion: .file())
    var files: [String] = []
    @Option(help: "The public key to trust.", completion: .file()) var key: String?
    @Flag(help: "Print the statement as JSON, once everything was found right.") var json = false

    func run() async throws {
        let console = Console(isJSON: json, isQuiet: false)
        let file = key.map { URL(filePath: $0) } ?? keysBeside
        guard let file else {
            throw RegistryError(.notFound, "there is no keys.json beside the statement; name the key with --key")
        }
        let signed = try SignedStatement(
            Self.read(URL(filePath: statement)), keys: VerificationKeys(Self.read(file)))
        let check = files.isEmpty ? nil : try await check(signed, console)
        if json {
            console.print(String(decoding: signed.payload, as: UTF8.self))
        } else {
            console.print(StatementPage(statement: signed, check: check, console: console).text)
        }
        if key == nil { console.note("\nThe key is from \(file.path(percentEncoded: false)), not from you.") }
        guard check?.isGood ?? true else {
            throw RegistryError(.integrityFailure, "the files are not those that the statement speaks of")
        }
    }

    private func check(_ signed: SignedStatement, _ console: Console) async throws -> SubjectCheck {
        var isFolder = ObjCBool(false)
        _ = FileManager.default.fileExists(atPath: files[0], isDirectory: &isFolder)
        let scratch = try TemporaryFolder("verify")
        defer { scratch.remove() }
        let given = try await PreparedArtifact(ArtifactEntries(files), scratch: scratch, console: console)
        return SubjectCheck(signed, files: given.files, isFolder: isFolder.boolValue)
    }

    private var keysBeside: URL? {
        let folder = URL(filePath: statement).standardizedFileURL.deletingLastPathComponent()
        let above = folder.deletingLastPathComponent()
        return [folder, above, above.deletingLastPathComponent()].map { $0.appending(path: "keys.json") }
            .first { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) }
    }

    private static func read(_ url: URL) throws -> Data {
        guard let data = try? Data(contentsOf: url) else {
            throw RegistryError(.notFound, "\(url.path(percentEncoded: false)) cannot be read")
        }
        return data
    }
}
