import Foundation
import RegistryTypes
import Testing

/// Workers on other machines, as processes of their own.
@Suite(.enabled(if: Project.canRun)) struct WorkerTests {
    private static let slow = Project.training(
        first: "import time\nfor i in range(20): print('tick', i, flush=True); time.sleep(0.1)")

    /// Runs a server without a worker of its own.
    private func run(_ body: @Sendable @escaping (World, Scratch) async throws -> Void) async throws {
        let scratch = try Scratch()
        try await World.run(scratch, environment: ["ASSAY_WORKER": "off"]) { try await body($0, scratch) }
    }

    private func attempts(_ world: World) async throws -> [Int] {
        let log = try await world.assay("audit", "log", "--namespace", "tide", "--json", as: .otto)
        let entries = try JSONParser.parse(Data(log.output.utf8))["items"]?.array ?? []
        return entries.filter { $0["entry"]?["action"]?.string == "reproduction.start" }
            .compactMap { $0["entry"]?["after"]?["attempt"]?.int }
    }

    @Test func aWorkerOnAnotherMachineCarriesOutJobs() async throws {
        try await run { world, scratch in
            try await world.pushDataAndRun(Project.make(in: scratch))
            let token = try await world.assay("worker", "create", "lab", as: .admin)
            #expect(token.code == 0, "\(token.error)")
            try scratch.write("tokens/lab", Data(token.output.utf8))
            let reproduced = try await world.shell(
                """
                ASSAY_TOKEN=$(cat tokens/lab) $ASSAY worker --label rack=3 2> said & worker=$!
                $ASSAY reproduce tide/levels:1 --json; code=$?
                kill -TERM $worker; wait $worker; echo "worker $?" >&2
                exit $code
                """)
            #expect(reproduced.code == 0, "\(reproduced)")
            #expect(reproduced.error.contains("worker 0"))
            let record = try JSONParser.parse(Data(reproduced.output.utf8))
            #expect(record["verdict"]?["verdict"]?.string == "bit-identical")
            #expect(record["verdict"]?["worker"]?.string == "lab")
            let list = try await world.assay("worker", "list", as: .admin)
            #expect(list.output.contains("lab") && list.output.contains("rack=3") && list.output.contains("os=linux"))
            let refused = try await world.assay("worker", "list", as: .mia)
            #expect(refused.code == 7)
        }
    }

    @Test func aWorkerThatIsToldToEndGivesItsJobBack() async throws {
        try await run { world, scratch in
            try await world.pushDataAndRun(Project.make(in: scratch, training: Self.slow))
            let token = try await world.assay("worker", "create", "lab", as: .admin)
            try scratch.write("tokens/lab", Data(token.output.utf8))
            let reproduced = try await world.shell(
                """
                export LAB=$(cat tokens/lab)
                id=$($ASSAY reproduce tide/levels:1 --no-wait)
                ASSAY_TOKEN=$LAB $ASSAY worker 2> said & worker=$!
                until curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/$id/log | grep -q tick
                do kill -0 $worker || exit 99; sleep 0.05; done
                kill -TERM $worker; wait $worker
                grep -q 'given back' said || exit 98
                ASSAY_TOKEN=$LAB $ASSAY worker 2>> said & worker=$!
                until curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/$id | grep -q '"state":"done"'
                do kill -0 $worker || exit 97; sleep 0.1; done
                kill -INT $worker; wait $worker; true
                """)
            #expect(reproduced.code == 0, "\(reproduced)")
            #expect(try await attempts(world) == [1, 1])
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/tmp")
            #expect(left.isEmpty, "temporary files stay behind: \(left)")
        }
    }

    @Test func aWrongTokenEndsTheWorkerWithASentence() async throws {
        try await run { world, _ in
            let refused = try await world.assay("worker", as: .mia)
            #expect(refused.code == 7, "\(refused)")
            #expect(refused.error.contains("assay worker create"))
            let label = try await world.assay("worker", "--label", "gpu", as: .mia)
            #expect(label.code == 1 && label.error.contains("name=value"))
        }
    }

    @Test func aRunOnAPinnedRootSeesNothingElse() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            try scratch.write(
                "project/assay.yaml",
                Data(
                    """
                    schema: assay/v1
                    model: tide/levels
                    seed: 1
                    environment: {rootfs: tide/root:1}
                    train: [/bin/sh, train.sh]
                    outputs: [{path: model.txt, role: weights}]

                    """.utf8))
            try scratch.write(
                "project/train.sh",
                Data("test ! -e /usr/bin/env && test ! -e /in/rootfs && echo 1 2 3 >/out/model.txt\n".utf8))
            let made = try await world.shell(
                """
                mkdir root && cd root
                for file in /bin/sh $(ldd /bin/sh | grep -o '/[^ ]*'); do
                    mkdir -p .$(dirname $file) && cp -L $file .$file; done
                mkdir ../rooted && tar -czf ../rooted/rootfs.tar.gz . && cd ..
                $ASSAY dataset push tide/root rooted/rootfs.tar.gz
                cd project && git init -q && git add -A && git commit -qm x && $ASSAY run
                """)
            #expect(made.code == 0, "\(made)")
            let reproduced = try await world.assay("reproduce", "tide/levels:1", "--json")
            let record = try JSONParser.parse(Data(reproduced.output.utf8))
            #expect(record["verdict"]?["verdict"]?.string == "bit-identical", "\(reproduced)")
            #expect(record["verdict"]?["flags"]?.array?.contains(.string("unpinned-environment")) == false)
            #expect(record["phase"] == nil && record["worker"]?.string == "embedded")
            let id = try #require(record["id"]?.string)
            let list = try await world.assay("reproduction", "list", "tide/levels:1")
            #expect(list.output.contains(id) && list.output.contains("bit-identical"))
            let show = try await world.assay("reproduction", "show", id)
            #expect(show.output.contains("embedded") && show.output.contains("done"))
            let log = try await world.assay("reproduction", "log", id, "--follow")
            #expect(log.code == 0 && log.error.contains("assay: train: /bin/sh train.sh"))
            let cancel = try await world.assay("reproduction", "cancel", id)
            #expect(cancel.code == 0 && cancel.output.contains("done"))
        }
    }
}
