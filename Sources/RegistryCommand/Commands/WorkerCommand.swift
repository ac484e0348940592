import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes
import Reproduction

/// `assay worker`: machines that carry out jobs.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Carry out reproductions on this machine; see to those that do.",
        subcommands: [Run.self, Create.self, List.self, Remove.self], defaultSubcommand: Run.self)

    /// `assay worker run`, or only `assay worker`
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carry out the server's jobs, until Ctrl-C or SIGTERM.",
            discussion: """
                The worker's token is in ASSAY_TOKEN, as `assay worker create` printed it. A job under way is given \
                back when the worker is told to end.
                """)

        @OptionGroup var global: GlobalOptions
        @Option(help: "What this machine has, as gpu=a100 or gpus=4; may stand several times.") var label: [String] = []
        @Option(help: "How many jobs are carried out at once.") var jobs = 1
        @Option(help: "The sandbox, bubblewrap or container; else ASSAY_EXECUTOR, else the first that works.")
        var executor: String?
        @Flag(help: .hidden) var endWithServer = false

        func run() async throws {
            let client = try global.client()
            guard client.token != nil else {
                throw RegistryError(
                    .unauthenticated, "ASSAY_TOKEN must hold a worker's token; `assay worker create` makes one")
            }
            guard (1...64).contains(jobs) else { throw RegistryError(.invalidRequest, "--jobs is 1 to 64") }
            let console = global.console
            let labels = try HostLabels.merged(with: label)
            let chosen = try Executors.chosen(executor)
            // A worker that can run nothing would take jobs away from those that can.
            _ = try await Executors.required(chosen)
            TemporaryFolder.removeThoseOfLostWorkers()
            let loop = WorkerLoop(client: client, labels: labels, executor: chosen, endsWithServer: endWithServer) {
                console.note($0)
            }
            let words = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            console.note("waiting for jobs of \(client.url.absoluteString) with \(words.joined(separator: " "))")
            let count = jobs
            _ = try await Interruption.cancelling {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<count { group.addTask { try await loop.run() } }
                    try await group.waitForAll()
                }
            }
        }
    }

    /// `assay worker create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a worker; its token is printed once, alone, on standard output.",
            discussion: "The token may claim jobs and nothing else. Asked for again, it is a further token.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "What verdicts call it.", transform: { try ResourceName($0) }) var name: ResourceName
        @Option(help: "Days until the token ends, 1 to 90.") var expiresInDays: Int?

        func run() async throws {
            let token = try await global.client().createWorker(CreateWorker(name: name, expiresInDays: expiresInDays))
            if global.json { return try global.console.print(json: token) }
            global.console.note(
                "worker \(name), its token \(token.record.id) until \(Wording.time(token.record.expiresAt)); this is "
                    + "the only time its secret is shown:")
            global.console.print(token.token)
        }
    }

    /// `assay worker list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The workers, what they have, when they were last heard of, and what they do.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let workers = try await global.client().workers()
            if global.json { return try global.console.print(json: Page(items: workers)) }
            var table = TextTable(["WORKER", "LAST SEEN", "JOBS", "LABELS"])
            for worker in workers {
                let labels = worker.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                table.add([
                    worker.name, worker.lastSeenAt.map(Wording.time) ?? "never", Wording.list(worker.jobs.map(\.text)),
                    Wording.list(labels),
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay worker remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a worker: its tokens end at once, and its jobs wait again.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The worker's name.") var name: String

        func run() async throws {
            try await global.client().removeWorker(name)
            global.console.note("removed the worker \(name)")
        }
    }
}
