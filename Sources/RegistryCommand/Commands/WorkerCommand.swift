import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay worker`: carries out one job of the server, with that job's own token.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Carry out one job (started by the server).",
        discussion: "The job's token is in ASSAY_TOKEN, the server in ASSAY_URL.", shouldDisplay: false)

    @OptionGroup var global: GlobalOptions
    @Option(help: "The job's id.", transform: { try RunID($0) }) var job: RunID

    func run() async throws {
        let client = try global.client()
        guard client.token != nil else {
            throw RegistryError(.unauthenticated, "ASSAY_TOKEN must hold the token of the job \(job)")
        }
        let scratch = try TemporaryFolder("job")
        defer { scratch.remove() }
        try await JobWorker(client: client, id: job, scratch: scratch).run()
    }
}
