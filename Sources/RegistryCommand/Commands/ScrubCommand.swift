import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay scrub`: the server's own reading of every blob.
struct ScrubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub", abstract: "The server's own reading of every blob.", subcommands: [Status.self])

    /// `assay scrub status`
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how far the scrub is, and which blobs are damaged.",
            discussion: "Exits with 5 if any blob is damaged.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let status = try await global.client().scrubStatus()
            if global.json {
                try global.console.print(json: status)
            } else {
                global.console.print(Self.text(status))
            }
            guard status.corrupt.isEmpty else { throw ExitCode(ErrorCode.blobCorrupt.exitCode) }
        }

        private static func text(_ status: ScrubStatus) -> String {
            let oldest = status.oldestCheck.map { ", the oldest check is of \(Wording.time($0))" } ?? ""
            var text = "\(status.blobs) blobs\(oldest)\nread since the start: \(status.readBlobs) blobs, "
            text += "\(Wording.bytes(status.readBytes))\ndamaged: \(status.corrupt.count)"
            guard !status.corrupt.isEmpty else { return text }
            var table = TextTable(["BLOB", "SIZE", "PROBLEM", "FOUND"])
            for blob in status.corrupt {
                table.add([
                    blob.sha256.description, Wording.bytes(blob.size), blob.problem.rawValue,
                    Wording.time(blob.foundAt),
                ])
            }
            return text + "\n" + table.text
        }
    }
}
