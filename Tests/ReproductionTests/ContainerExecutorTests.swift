import Foundation
import Reproduction
import SystemPackage
import Testing

extension ExecutorConformance {
    /// What is special to containers; inside the conformance suite, so that it is serialized with it.
    @Suite
    struct Container {
        /// The containers that this process has made and not removed.
        private func containers() throws -> [String] {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/podman")
            process.arguments = ["ps", "--all", "--format", "{{.Names}}"]
            process.standardOutput = output
            try process.run()
            let names = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return String(decoding: names, as: UTF8.self).split(separator: "\n").map(String.init)
                .filter { $0.hasPrefix("assay-\(getpid())-") }
        }

        @Test("no container is left, however a run ends")
        func leftovers() async throws {
            guard let trial = try await SandboxTrial("container") else { return }
            defer { trial.remove() }
            _ = try await trial.run(["/bin/true"])
            _ = try await trial.run(["/bin/sleep", "60"]) { $0.timeouts.wallSeconds = 0.1 }
            let log = LogRecorder()
            let request = trial.request(["/bin/sh", "-c", "echo up; sleep 60"])
            let run = Task { try await trial.executor.execute(request) { await log.append($0) } }
            await log.waitFor("up")
            #expect(try containers().count == 1)
            run.cancel()
            _ = try await run.value
            #expect(try containers().isEmpty)
        }

        @Test("the limits hold by control groups, and what is passed by name is not")
        func probe() async throws {
            guard let trial = try await SandboxTrial("container") else { return }
            defer { trial.remove() }
            let probe = await trial.executor.probe()
            #expect(probe.version?.hasPrefix("podman ") == true)
            let run = try await trial.run(["/bin/true"])
            #expect(run.result.appliedLimits == probe.limits)
            var request = trial.request(["/bin/true"])
            request.inputs = [.init(mount: "a:b", source: "/etc/passwd")]
            let refused = await #expect(throws: ExecutorError.self) {
                _ = try await trial.executor.execute(request) { _ in }
            }
            #expect(try #require(refused).description.contains("colon"))
        }

        @Test("a probe names the command that fails and what to do")
        func missing() async throws {
            let missing = try #require(await ContainerExecutor(program: "/no/such/podman").probe().failure)
            #expect(missing.command == "/no/such/podman --version")
            #expect(missing.advice.contains("apt-get install --no-install-recommends podman"))
            let refusing = try #require(await ContainerExecutor(program: "/bin/echo").probe().failure)
            #expect(refusing.command.contains("run --rm"))
            let trial = try SandboxTrial(ContainerExecutor(program: "/no/such/podman"))
            defer { trial.remove() }
            let error = await #expect(throws: ExecutorError.self) { _ = try await trial.run(["/bin/true"]) }
            #expect(try #require(error).description.contains("assay doctor"))
            #expect(Leftovers.folders().isEmpty)
        }
    }
}
