import Foundation
import Reproduction
import SystemPackage
import Testing

extension ExecutorConformance {
    /// What is special to bubblewrap; inside the conformance suite, so that it is serialized with it.
    @Suite
    struct Bubblewrap {
        @Test("without control groups, process limits are used and named")
        func processLimits() async throws {
            let executor = BubblewrapExecutor(usesControlGroups: false)
            guard await SandboxTrial.isUsable(executor) else { return }
            let trial = try SandboxTrial(executor)
            defer { trial.remove() }
            let run = try await trial.python("block = bytearray(300 << 20)")
            #expect(run.result.appliedLimits["memory"] == "rlimit")
            #expect(run.result.appliedLimits["cpus"] == "none")
            #expect(run.result.appliedLimits["pids"] == (getuid() == 0 ? "none" : "rlimit"))
            #expect(run.result.peakMemoryBytes == nil)
            #expect(run.log.contains("MemoryError"))
            #expect(run.result.ending == .exited(code: 1))
        }

        @Test("a probe names the command that fails and what to do")
        func probe() async throws {
            let missing = await BubblewrapExecutor(program: "/no/such/bwrap").probe()
            let failure = try #require(missing.failure)
            #expect(!missing.isAvailable)
            #expect(failure.command == "/no/such/bwrap --version")
            #expect(failure.advice.contains("apt-get install bubblewrap"))
            let broken = try #require(await BubblewrapExecutor(program: "/bin/echo").probe().version)
            #expect(!broken.isEmpty)
            let refusing = try #require(await BubblewrapExecutor(program: "/bin/false").probe().failure)
            #expect(refusing.output.contains("coreutils"))
        }

        @Test("a sandbox that cannot be set up is an error that says why")
        func setupFailure() async throws {
            let trial = try SandboxTrial(BubblewrapExecutor(program: "/no/such/bwrap"))
            defer { trial.remove() }
            let error = await #expect(throws: ExecutorError.self) { _ = try await trial.run(["/bin/true"]) }
            #expect(try #require(error).description.contains("/no/such/bwrap"))
            #expect(Leftovers.folders().isEmpty)
        }
    }
}
