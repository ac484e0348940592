import Foundation
import Logging
import Registry
import RegistryTypes
import Reproduction
import ServiceLifecycle
import Subprocess
import SystemPackage

/// Keeps a worker running beside the server: `assay worker`, a process of its own that sees neither the database nor the
/// blob store and talks HTTP like any other.
struct EmbeddedWorker: Service {
    /// How long nothing is started after a worker has failed.
    private static let pause = Duration.seconds(1)
    /// How long nothing is started when no sandbox works here: somebody may install one.
    private static let longPause = Duration.seconds(60)

    let registry: ModelRegistry
    /// The server's own address, once it listens.
    let address: ListeningAddress
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if let url = address.url { try await work(at: url) }
                } catch {
                    logger.error("the worker failed", metadata: ["error": "\(error)"])
                }
                let isUseless = registry.ownWorker.state != .expected
                try? await Task.sleep(
                    for: address.url == nil ? .milliseconds(20) : isUseless ? Self.longPause : Self.pause)
            }
        }
    }

    /// Starts a worker and returns when it has ended; what it had under way waits again.
    private func work(at url: String) async throws {
        guard let program = Bundle.main.executablePath else {
            throw RegistryError(.internalError, "the path of this program is not known")
        }
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        do {
            let ended = try await Subprocess.run(
                .path(.init(program)), arguments: ["worker", "run", "--quiet", "--end-with-server"],
                environment: .custom(environment(url)), platformOptions: options, input: .none, output: .discarded,
                error: .string(limit: 1 << 16))
            // A worker that is killed cannot clean up behind itself.
            TemporaryFolder.removeThose(ofWorker: ended.processIdentifier.value)
            note(ended.terminationStatus, said: ended.standardError)
        } catch {
            logger.error("the worker failed", metadata: ["error": "\(error)"])
        }
        // In a task of its own: the database does nothing for one that is cancelled, as this one is when the server ends.
        let wasStopped = Task.isCancelled
        try await Task { try await registry.returnJobs(of: .embedded, wasStopped: wasStopped) }.value
    }

    /// Notes how the worker ended; without a sandbox it says so and ends at once, and then there is no use in jobs.
    private func note(_ status: TerminationStatus, said text: String) {
        guard status == .exited(ErrorCode.sandboxUnavailable.exitCode) else {
            return logger.info("the worker ended", metadata: ["status": "\(status)", "stderr": "\(text)"])
        }
        let cause = text.split(separator: "\n").joined(separator: " ").replacing("assay: ", with: "").prefix(2000)
        registry.ownWorker.state = .unusable(String(cause))
        logger.error("THE WORKER CANNOT WORK on this machine", metadata: ["cause": "\(cause)"])
    }

    private func environment(_ url: String) -> [Environment.Key: String] {
        let own = ProcessInfo.processInfo.environment
        var child: [Environment.Key: String] = [
            "ASSAY_URL": url, "ASSAY_TOKEN": registry.embeddedWorkerToken.revealed,
        ]
        let passedOn: [Environment.Key] = [
            "ASSAY_EXECUTOR", "PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME",
        ]
        // Registries and their credentials, for the images that recipes name.
        for name in passedOn + ImagePuller.variables.map({ .init(stringLiteral: $0) }) {
            child[name] = own[name.rawValue]
        }
        return child
    }
}

/// Lets the workers that wait for a job go when the server stops, which would wait for their requests.
struct NotifierCloser: Service {
    let registry: ModelRegistry

    func run() async throws {
        try await gracefulShutdown()
        registry.jobs.close()
        registry.events.close()
    }
}
