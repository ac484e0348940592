import Foundation
import RegistryTypes
import Testing

/// Training that goes wrong: the run is recorded with its log and its reason, and no version is.
@Suite(.serialized, .enabled(if: Project.canRun)) struct TrainingFailureTests {
    /// One way to go wrong.
    struct Misbehaviour: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var recipe = Project.Recipe()
        /// What the training does before it writes good outputs.
        var script = ""
        let reason: String
        let sentence: String
        /// What the log must hold.
        var log = "assay: train:"
    }

    static let impatient = "{wallSeconds: 30, idleSeconds: 1, killGraceSeconds: 1}"
    static let ways = [
        Misbehaviour(
            testDescription: "no such program", recipe: .init(train: "[no-such-program, fit.py]"),
            reason: "command-not-found", sentence: "no-such-program: No such file or directory"),
        Misbehaviour(
            testDescription: "no such script", recipe: .init(train: "[/usr/bin/python3, other.py]"),
            reason: "exit-code", sentence: "exited with code 2", log: "can't open file"),
        Misbehaviour(
            testDescription: "fails", script: "sys.exit('the harbour is dry')", reason: "exit-code",
            sentence: "exited with code 1", log: "the harbour is dry"),
        Misbehaviour(
            testDescription: "crashes", script: "os.kill(os.getpid(), 11)", reason: "signal", sentence: "signal 11"),
        Misbehaviour(
            testDescription: "hangs", recipe: .init(timeouts: impatient), script: "import time; time.sleep(60)",
            reason: "timeout", sentence: "printed nothing for too long"),
        Misbehaviour(
            testDescription: "hangs and does not listen", recipe: .init(timeouts: impatient),
            script: "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
            reason: "timeout", sentence: "printed nothing for too long"),
        Misbehaviour(
            testDescription: "never ends", recipe: .init(timeouts: "{wallSeconds: 1, killGraceSeconds: 1}"),
            script: "import time\nwhile True: print('still here', flush=True); time.sleep(0.1)",
            reason: "timeout", sentence: "the wall time ran out", log: "still here"),
        Misbehaviour(
            testDescription: "links to a file of the machine",
            script: "write([1, 2, 3], 0); p = os.environ['ASSAY_OUTPUTS'] + '/harmonics.npy'; os.remove(p); "
                + "os.symlink('/etc/passwd', p); sys.exit(0)",
            reason: "missing-output", sentence: "is a symbolic link"),
        Misbehaviour(
            testDescription: "writes a pipe",
            script: "write([1, 2, 3], 0); p = os.environ['ASSAY_OUTPUTS'] + '/harmonics.npy'; os.remove(p); "
                + "os.mkfifo(p); sys.exit(0)",
            reason: "missing-output", sentence: "is a named pipe: write a regular file"),
        Misbehaviour(
            testDescription: "writes a program with its owner's rights",
            script:
                "write([1, 2, 3], 0); os.chmod(os.environ['ASSAY_OUTPUTS'] + '/harmonics.npy', 0o4755); sys.exit(0)",
            reason: "missing-output", sentence: "has the set-user-id or set-group-id bit"),
        Misbehaviour(
            testDescription: "writes nothing", script: "sys.exit(0)", reason: "missing-output",
            sentence: "did not write the output"),
        Misbehaviour(
            testDescription: "writes without end",
            script: "f = open(os.environ['ASSAY_OUTPUTS'] + '/rest', 'wb')\n"
                + "for _ in range(10240): f.write(bytes(1 << 20)); f.flush()",
            reason: "scratch-exceeded", sentence: "reached the scratch limit"),
        Misbehaviour(
            testDescription: "takes all memory", script: "x = bytearray(1 << 30)\nprint(len(bytes(x)))",
            reason: "oom", sentence: "the memory limit was reached"),
        Misbehaviour(
            testDescription: "forks without end",
            script: "import time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(9); os._exit(0)",
            reason: "exit-code", sentence: "exited with code 1", log: "Resource temporarily unavailable"),
        Misbehaviour(
            testDescription: "measures words", script: "write([1, 2, 3], 'good'); sys.exit(0)",
            reason: "metrics-unreadable", sentence: "The metrics cannot be read: fit.json: the metric \"mse\""),
    ]

    @Test(arguments: ways)
    func isRecordedAsAFailedRun(way: Misbehaviour) async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(
                in: scratch, recipe: way.recipe, training: Project.training(first: way.script))
            try await world.pushData()
            let run = try await world.assay("run", in: project.folder)
            #expect(run.code == 3, "\(run.error)")
            #expect(run.error.contains("the run failed (\(way.reason))"), "\(run.error)")
            #expect(run.error.contains(way.sentence), "\(run.error)")
            #expect(try await world.versions(of: "models/tide/levels") == 0)
            let id = try #require(run.output.firstMatch(of: /recorded the failed run:(\w+)/)?.1, "\(run.output)")
            let shown = try await world.assay("show", "run:\(id)", "--json", as: .otto)
            let record = try JSONParser.parse(Data(shown.output.utf8))
            #expect(record["state"]?.string == "failed")
            #expect(record["facts"]?["ending"]?.string == way.reason)
            let digest = try #require(record["log"]?.string)
            let log = try await world.http("GET", "namespaces/tide/blobs/\(digest)")
            #expect(log.text.contains(way.log), "\(log.text)")
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
            #expect(left.isEmpty, "temporary files stay behind: \(left)")
        }
    }

    @Test func aTrainingReachesNobody() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let port = try #require(URL(string: world.server.url)?.port)
            let knock = """
                import socket
                port = json.load(open(os.environ["ASSAY_PARAMS"]))["port"]
                for place in [("127.0.0.1", port), ("192.0.2.1", 80)]:
                    try: socket.create_connection(place, 3); sys.exit("reached " + place[0])
                    except OSError as error: print("no way to", place[0], flush=True)
                try: print(socket.gethostbyname("example.org")); sys.exit("resolved a name")
                except OSError as error: print("no name either")
                """
            let project = try await Project.make(
                in: scratch, recipe: .init(parameters: "{port: \(port)}"), training: Project.training(first: knock))
            try await world.pushDataAndRun(project)
            let again = try await world.assay("reproduce", "tide/levels:1")
            #expect(again.code == 0, "\(again.error)")
            #expect(
                again.error.contains("no way to 127.0.0.1") && again.error.contains("no name either"), "\(again.error)")
        }
    }

    @Test func pythonsNaNMarksTheVersion() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(
                in: scratch, training: Project.training(error: "float('nan')"))
            try await world.pushDataAndRun(project)
            let approved = try await world.assay("approve", "tide/levels:1", as: .noor)
            #expect(approved.code == 4)
            #expect(approved.error.contains("NaN or infinite"), "\(approved.error)")
            let moved = try await world.assay("alias", "set", "tide/levels:1", "production", as: .noor)
            #expect(moved.code == 4)
            let again = try await world.assay("reproduce", "tide/levels:1")
            #expect(again.output.contains("nonfinite"), "\(again.output)")
        }
    }
}
