import Foundation
import RegistryTypes
import Testing

/// Programs that die or are stopped while a model is trained.
@Suite(.enabled(if: Project.canRun)) struct RecoveryTests {
    /// Ends the test's waiting when what it waits for does not come.
    private static let patience = Duration.seconds(60)

    /// A training that takes about six seconds, so that it lasts longer than looking for it on a busy machine.
    private static let slow = Project.training(
        first: "import time\nfor i in range(60): print('tick', i, flush=True); time.sleep(0.1)")

    /// Waits for a state of other processes, which nothing announces.
    private func wait(until isReached: () async throws -> Bool) async throws {
        let start = ContinuousClock.now
        while try await !isReached() {
            try #require(ContinuousClock.now - start < Self.patience, "what is waited for does not come")
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
    }

    /// Asks for a reproduction and waits until the training prints.
    private func startReproduction(_ world: World) async throws -> String {
        let asked = try await world.assay("reproduce", "tide/levels:1", "--no-wait")
        try #require(asked.code == 0, "\(asked.error)")
        let id = asked.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try await wait { try await world.http("GET", "reproductions/\(id)/log").text.contains("tick") }
        return id
    }

    /// Waits for the end of a reproduction.
    private func end(of id: String, _ world: World) async throws -> JSONValue {
        try await wait {
            let state = try await world.http("GET", "reproductions/\(id)").json["state"]?.string
            return state == "done" || state == "cancelled"
        }
        return try await world.http("GET", "reproductions/\(id)").json
    }

    @Test func aJobWhoseWorkerDiesComesBack() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            try await world.pushDataAndRun(Project.make(in: scratch, training: Self.slow))
            let id = try await startReproduction(world)
            let processes = world.server.descendants
            #expect(processes.count > 1, "a worker and what it started")
            kill(try #require(processes.first), SIGKILL)
            let record = try await end(of: id, world)
            #expect(record["verdict"]?["verdict"]?.string == "bit-identical", "\(record)")
            #expect(try await attempts(world) == [1, 2])
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
            #expect(left.isEmpty, "temporary files stay behind: \(left)")
            // What the dead worker had started is gone with it.
            #expect(processes.allSatisfy { kill($0, 0) != 0 || isOver($0) })
        }
    }

    /// The attempts at jobs that the audit log knows, in their order.
    private func attempts(_ world: World) async throws -> [Int] {
        let log = try await world.assay("audit", "log", "--namespace", "tide", "--json", as: .otto)
        let entries = try JSONParser.parse(Data(log.output.utf8))["items"]?.array ?? []
        return entries.filter { $0["entry"]?["action"]?.string == "reproduction.start" }
            .compactMap { $0["entry"]?["after"]?["attempt"]?.int }
    }

    /// Whether a process is only there because nobody has taken its exit code.
    private func isOver(_ process: pid_t) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return text.isEmpty || text.contains(") Z ")
    }

    @Test func aJobOfAServerThatDiesIsFinishedByTheNext() async throws {
        let scratch = try Scratch()
        let name = scratch.path + "/job"
        try await World.run(scratch) { world in
            try await world.pushDataAndRun(Project.make(in: scratch, training: Self.slow))
            let id = try await startReproduction(world)
            try Data(id.utf8).write(to: URL(filePath: name))
            let processes = world.server.descendants
            world.server.kill()
            // A worker without a server gives up, and what it started ends with it.
            try await wait { processes.allSatisfy { kill($0, 0) != 0 || isOver($0) } }
        }
        try await World.run(scratch) { world in
            let record = try await end(of: String(contentsOfFile: name, encoding: .utf8), world)
            #expect(record["verdict"]?["verdict"]?.string == "bit-identical", "\(record)")
            #expect(try await world.versions(of: "models/tide/levels") == 1)
        }
    }

    @Test func aJobOfAServerThatIsStoppedIsFinishedByTheNext() async throws {
        let scratch = try Scratch()
        let name = scratch.path + "/job"
        try await World.run(scratch) { world in
            try await world.pushDataAndRun(Project.make(in: scratch, training: Self.slow))
            try await Data(startReproduction(world).utf8).write(to: URL(filePath: name))
        }
        try await World.run(scratch) { world in
            let record = try await end(of: String(contentsOfFile: name, encoding: .utf8), world)
            #expect(record["verdict"]?["verdict"]?.string == "bit-identical", "\(record)")
            // Given back, so that the attempt does not count; not found again when the lease had run out.
            #expect(try await attempts(world) == [1, 1])
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
        #expect(left.isEmpty, "temporary files stay behind: \(left)")
    }

    @Test func controlCEndsALocalReproductionAndTheServerKnows() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            try await world.pushDataAndRun(Project.make(in: scratch, training: Self.slow))
            let stopped = try await world.shell(
                """
                $ASSAY reproduce tide/levels:1 --local 2> said & pid=$!
                until grep -q tick said; do kill -0 $pid || exit 99; sleep 0.02; done
                kill -INT $pid; wait $pid
                """)
            #expect(stopped.code == 130, "\(stopped)")
            let list = try await world.assay("reproduction", "list", "tide/levels:1", "--json")
            let states = try JSONParser.parse(Data(list.output.utf8))["items"]?.array?.map { $0["state"]?.string }
            #expect(states == ["cancelled"], "\(list.output)")
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
            #expect(left.isEmpty, "temporary files stay behind: \(left)")
        }
    }

    @Test func controlCEndsARunAndRecordsNothing() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch, training: Self.slow)
            try await world.pushData()
            let stopped = try await world.shell(
                """
                $ASSAY run 2> ../said & pid=$!
                until grep -q tick ../said; do kill -0 $pid || exit 99; sleep 0.02; done
                kill -INT $pid; wait $pid
                """, in: project.folder)
            #expect(stopped.code == 130, "\(stopped)")
            #expect(try await world.versions(of: "models/tide/levels") == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
            #expect(left.isEmpty, "temporary files stay behind: \(left)")
        }
    }

    @Test func controlCStopsTheReproduction() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch, training: Self.slow)
            try await world.pushDataAndRun(project)
            let stopped = try await world.shell(
                """
                $ASSAY reproduce tide/levels:1 2> said & pid=$!
                until grep -q tick said; do kill -0 $pid || exit 99; sleep 0.02; done
                kill -INT $pid; wait $pid; code=$?; cat said >&2; exit $code
                """)
            #expect(stopped.code == 130, "\(stopped)")
            #expect(stopped.error.contains("asking the server to stop"), "\(stopped.error)")
        }
    }

    @Test func whatWasTrainedIsKeptWhenTheServerIsGone() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch, training: Self.slow)
            try await world.pushData()
            let lost = try await world.shell(
                """
                $ASSAY run 2> ../said & pid=$!
                until grep -q tick ../said; do kill -0 $pid || exit 99; sleep 0.02; done
                kill -9 $SERVER; wait $pid; code=$?; cat ../said >&2; exit $code
                """, in: project.folder, environment: ["SERVER": String(world.server.processID)])
            #expect(lost.code == 8, "\(lost)")
            #expect(lost.error.contains("its outputs are kept in"), "\(lost.error)")
            #expect(FileManager.default.fileExists(atPath: project.folder + "/assay-out/harmonics.npy"))
        }
    }
}
