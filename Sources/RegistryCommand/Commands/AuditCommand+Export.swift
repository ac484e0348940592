import ArgumentParser
import AuditLog
import Foundation
import RegistryClient
import RegistryTypes

extension AuditCommand {
    /// `assay audit export`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the whole log, to be checked offline.",
            discussion: """
                Writes checkpoint, vkeys, and tiles and entries as C2SP tlog-tiles lays them out. There are no secrets in \
                it, but entries of all namespaces: it needs an auditor or administrator of the whole server.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The folder to write to; it may be one of an earlier export.", completion: .directory)
        var folder: String

        func run() async throws {
            let display = global.console.progress("export")
            defer { display.finish() }
            let kit = LogKit(folder: URL(filePath: folder, directoryHint: .isDirectory))
            let checkpoint = try await kit.fetch(from: global.client(), display.report)
            display.finish()
            if global.json {
                return try global.console.print(
                    json: ["origin": JSONValue.string(checkpoint.origin), "size": .integer(checkpoint.size)])
            }
            global.console.print("\(checkpoint.size) entries of \(checkpoint.origin) in \(folder)")
            global.console.note("check them with `assay audit verify \(folder)`")
        }
    }

    /// `assay audit proof`
    struct Proof: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the proof that a version was recorded, or check one offline.",
            discussion: """
                Writes a C2SP tlog-proof with the entry in it. With --check no server is asked: the file is checked with \
                the key of the log, and the entry is printed. Exits with 5 if it is not right.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The version: ns/name:12, dataset:ns/name:3; with --check the file.") var subject: String
        @Option(help: "The file to write; standard output without it.", completion: .file()) var out: String?
        @Flag(help: "Check a file that was fetched before.") var check = false
        @Option(help: "The key of the log, or a file with one in each line.", completion: .file()) var vkey: String?

        func run() async throws {
            if check { return try verify() }
            let (kind, reference) = try Self.parse(subject)
            let proof = try await global.client().logProof(kind, of: reference)
            guard let out else { return global.console.print(String(decoding: proof, as: UTF8.self)) }
            do {
                try proof.write(to: URL(filePath: out), options: .atomic)
            } catch {
                throw RegistryError(.invalidPath, "\(out) cannot be written")
            }
        }

        private func verify() throws {
            guard let vkey else {
                throw RegistryError(
                    .invalidRequest, "name the key of the log with --vkey; `assay audit status` prints it")
            }
            guard let data = FileManager.default.contents(atPath: subject) else {
                throw RegistryError(.notFound, "\(subject) cannot be read")
            }
            let proof = try TlogProof(data)
            let checkpoint = try proof.verified(by: LogKeysArgument(vkey).keys)
            if global.json { return global.console.print(String(decoding: proof.entry, as: UTF8.self)) }
            global.console.print(
                "entry \(proof.index) of the \(checkpoint.size) of \(checkpoint.origin):\n"
                    + String(decoding: proof.entry, as: UTF8.self))
        }

        private static func parse(_ text: String) throws -> (CollectionKind, VersionReference) {
            if text.hasPrefix("dataset:") { return (.datasets, try VersionReference(text.dropFirst("dataset:".count))) }
            return (
                .models, try VersionReference(text.hasPrefix("model:") ? text.dropFirst("model:".count) : text[...])
            )
        }
    }
}
