import Foundation
import Logging
import Registry
import RegistryTypes
import ServiceLifecycle
import Subprocess
import SystemPackage

/// Carries out the server's jobs one after the other, each in a process of its own that has that job's token only.
///
/// The process that runs foreign code neither sees the database nor the blob store: it talks HTTP like any worker.
struct EmbeddedWorker: Service {
    /// How often the queue is looked at without a signal: leases of lost workers run out.
    private static let pause = Duration.seconds(5)

    let registry: ModelRegistry
    /// The server's own address, once it listens.
    let address: ListeningAddress
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while (try? await Task.sleep(for: Self.pause)) != nil { registry.jobs.announce() }
                }
                group.addTask {
                    for await _ in registry.jobs.signals { await carryOutAll() }
                }
                await group.waitForAll()
            }
        }
    }

    private func carryOutAll() async {
        while !Task.isCancelled, let url = address.url {
            do {
                guard let job = try await registry.leaseJob() else { return }
                try await carryOut(job, at: url)
            } catch {
                return logger.error("a job could not be started", metadata: ["error": "\(error)"])
            }
        }
    }

    private func carryOut(_ job: LeasedJob, at url: String) async throws {
        guard let program = Bundle.main.executablePath else {
            throw RegistryError(.internalError, "the path of this program is not known")
        }
        logger.info("job started", metadata: ["job": "\(job.id)"])
        // A worker that is killed cannot clean up behind itself.
        let scratch = try TemporaryFolder("worker")
        defer { scratch.remove() }
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        do {
            let result = try await Subprocess.run(
                .path(.init(program)), arguments: ["worker", "--job", job.id.text],
                environment: .custom(environment(job.token, url, scratch: scratch.path.string)),
                platformOptions: options, input: .none,
                output: .discarded, error: .string(limit: 1 << 16))
            logger.info(
                "job ended",
                metadata: [
                    "job": "\(job.id)", "status": "\(result.terminationStatus)", "stderr": "\(result.standardError)",
                ])
        } catch {
            logger.error("the worker failed", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
        // In a task of its own: the database does nothing for one that is cancelled, as this one is when the server ends.
        let isServersFault = Task.isCancelled
        try await Task { try await registry.returnJob(job.id, isServersFault: isServersFault) }.value
    }

    private func environment(_ token: APIToken, _ url: String, scratch: String) -> [Environment.Key: String] {
        let own = ProcessInfo.processInfo.environment
        var child: [Environment.Key: String] = ["ASSAY_URL": url, "ASSAY_TOKEN": token.revealed]
        for name: Environment.Key in ["PATH", "HOME", "LANG"] { child[name] = own[name.rawValue] }
        child["TMPDIR"] = scratch
        return child
    }
}
