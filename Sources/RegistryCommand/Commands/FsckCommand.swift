import ArgumentParser
import Foundation
import Registry
import RegistryClient
import RegistryTypes

/// `assay fsck`: checks the whole store, database against files and both ways.
struct FsckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck", abstract: "Check the whole store, database against files and both ways.",
        discussion: """
            Without --data the server checks itself while it runs, for its administrators; Ctrl-C ends the watching, not \
            the check. With --data a data folder is checked whose server is stopped; nothing in it is changed. Exits with \
            5 if anything is wrong.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(help: "The data folder of a server that is stopped.", completion: .directory) var data: String?
    @Flag(help: "Read and hash every blob, instead of looking at its length only.") var readData = false

    func run() async throws {
        let report = try await report()
        if global.json {
            try global.console.print(json: report)
        } else {
            global.console.print(FsckPage.text(report))
        }
        guard report.isSound else { throw ExitCode(ErrorCode.integrityFailure.exitCode) }
    }

    private func report() async throws -> FsckReport {
        if let data {
            let display = global.console.progress("fsck")
            defer { display.finish() }
            return try await OfflineFsck.run(dataFolder: data, readsData: readData, progress: display.report)
        }
        let client = try global.client()
        let record = try await UpkeepWatch(client: client, console: global.console).follow(
            client.requestFsck(RequestFsck(readData: readData)), "fsck")
        guard let report = record.fsck else {
            throw RegistryError(.internalError, "the server says nothing of what it found")
        }
        return report
    }
}
