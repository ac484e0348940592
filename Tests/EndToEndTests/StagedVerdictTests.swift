import Foundation
import RegistryTypes
import Testing

/// The reasons that need more than a training that misbehaves: other recipes, other servers, other workers.
@Suite(.serialized, .enabled(if: Project.canRun)) struct StagedVerdictTests {
    /// How the server is started.
    enum Setting: CaseIterable, Sendable {
        case usual, withoutWorker, withoutSandbox

        var environment: [String: String] { self == .withoutWorker ? ["ASSAY_WORKER": "off"] : [:] }

        /// Puts a program that fails in the place of every program that makes sandboxes.
        var launcher: [String] {
            guard self == .withoutSandbox else { return [] }
            let script = """
                for program in /usr/bin/bwrap /usr/bin/podman /usr/bin/docker /usr/local/bin/docker; do
                    test ! -e $program || mount --bind /usr/bin/false $program || exit 1
                done
                exec "$@"
                """
            return ["/usr/bin/unshare", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh"]
        }
    }

    /// What leads to a verdict, which is returned.
    struct Stage: Sendable {
        let reason: VerdictReason
        var setting = Setting.usual
        /// What the explanation must hold.
        let sentence: String
        let act: @Sendable (World) async throws -> JSONValue?
    }

    /// Writes more when it is repeated, and takes long enough for a worker to be killed meanwhile.
    private static let base = """
        weights([1])
        if again: weights([1], "other.npz"); time.sleep(0 if "HURRY" in os.environ else 4)
        """

    static let stages: [Stage] = [
        Stage(reason: .commandNotFound, sentence: "no-such-program") { world in
            try await world.pushAltered("program") { $0["train"] = ["no-such-program"] }
            return try await world.verdict(on: "program")
        },
        Stage(reason: .originalMissing, sentence: "holds no file other.npz") { world in
            try await world.pushAltered("outputs") { recipe in
                let written: JSONValue = ["path": "other.npz", "role": "weights", "phase": "train"]
                recipe["env"] = ["HURRY": "1"]
                recipe["outputs"] = .array([written] + (recipe["outputs"]?.array ?? []))
            }
            return try await world.verdict(on: "outputs")
        },
        Stage(reason: .sourceIncomplete, sentence: "big.bin is a Git LFS pointer") { world in
            try world.scratch.write(
                "pointer/big.bin",
                Data("version https://git-lfs.github.com/spec/v1\noid sha256:\(Digest.of(Data()).hex)\nsize 9\n".utf8))
            let pushed = try await world.shell(
                "git init -q && git add -A && git commit -qm x && $ASSAY push tide/pointer big.bin",
                in: world.scratch.path + "/pointer")
            try #require(pushed.code == 0, "\(pushed)")
            let source = try await world.http("GET", "models/tide/pointer/versions/1").json["run"]?["source"]
            let pointer = try #require(source)
            try await world.pushAltered("incomplete") { $0["source"] = pointer }
            return try await world.verdict(on: "incomplete")
        },
        Stage(reason: .environmentMissing, sentence: "the bytes of rootfs") { world in
            try await world.pushRooted()
            let root = try await world.http("GET", "datasets/tide/root/versions/1").json["files"]?.array?.first
            try world.loseStored(try #require(root?["sha256"]?.string))
            let verdict = try await world.verdict(on: "rooted")
            for command in ["reproduce tide/rooted:1", "run rooted"] {
                let check = try await world.shell("$ASSAY \(command) --check")
                #expect(check.code == 2 && check.output.contains("prevents (environment-missing) rootfs"), "\(check)")
            }
            return verdict
        },
        Stage(reason: .workerLost, sentence: "was lost 3 times") { world in
            let asked = try await world.assay("reproduce", "tide/base:1", "--no-wait")
            let id = asked.output.trimmingCharacters(in: .whitespacesAndNewlines)
            for attempt in 1...3 {
                let seen = try await world.shell(
                    """
                    get() { curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/\(id)$1; }
                    looks=0
                    until get | grep -q '"attempts":\(attempt).*"phase":"running"'; do
                        looks=$((looks + 1)); test $looks -lt 5000 || exit 1; sleep 0.02
                    done
                    """)
                try #require(seen.code == 0, "\(seen)")
                kill(try #require(world.server.descendants.first), SIGKILL)
            }
            return try await world.end(of: id)
        },
        Stage(reason: .executorUnavailable, setting: .withoutWorker, sentence: "There is no worker") { world in
            let checked = try await world.assay("reproduce", "tide/base:1", "--check")
            #expect(checked.code == 2 && checked.output.contains("prevents (executor-unavailable)"), "\(checked)")
            return try await world.verdict(on: "base")
        },
        Stage(reason: .executorUnavailable, setting: .withoutSandbox, sentence: "no sandbox works on this machine") {
            world in
            try await world.verdict(on: "base")
        },
        Stage(reason: .reproducedCorrupt, setting: .withoutWorker, sentence: "no longer match their digest") { world in
            let job = try await WorkerByHand.claim(in: world)
            let weights = Data("other bytes than those of the original".utf8)
            let file = try await job.send(weights, as: "w.safetensors")
            try world.replaceStored(weights, by: Data(weights.reversed()))
            #expect(try await job.report(#"{"outputs":[\#(file)],"facts":{}}"#).status == 204)
            return try await world.end(of: job.id)
        },
    ]

    @Test(arguments: Setting.allCases)
    func everyReasonIsReachedByARun(setting: Setting) async throws {
        let scratch = try Scratch()
        try await World.run(scratch, environment: setting.environment, launcher: setting.launcher) { world in
            try await VerdictTableTests.push(
                .init(
                    name: "base", script: Self.base, outputs: VerdictTable.onlyWeights,
                    code: 0, verdict: ""), in: world)
            for stage in Self.stages where stage.setting == setting {
                let verdict = try await stage.act(world)
                #expect(verdict?["reason"]?.string == stage.reason.rawValue, "\(stage.reason): \(verdict as Any)")
                #expect(verdict?["verdict"]?.string == stage.reason.outcome.rawValue, "\(verdict as Any)")
                let explanation = verdict?["explanation"]?.string ?? ""
                #expect(explanation.contains(stage.sentence), "\(stage.reason): \(explanation)")
            }
        }
    }

    @Test func aPushWithoutARecipeHasItsVerdictAtOnce() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            try scratch.write("w.bin", Data("w".utf8))
            let pushed = try await world.assay("push", "tide/imported", "w.bin", "--no-source")
            try #require(pushed.code == 0, "\(pushed.error)")
            let none = try await world.assay("reproduce", "tide/imported:1")
            #expect(none.code == 2 && none.output.contains("not-verifiable (no-recipe)"), "\(none.output)")
            let check = try await world.assay("reproduce", "tide/imported:1", "--check")
            #expect(check.code == 2 && check.output.contains("prevents (no-recipe)"), "\(check.output)")
        }
    }
}

extension World {
    /// Reproduces version 1 of a model and returns the verdict.
    func verdict(on model: String) async throws -> JSONValue? {
        let again = try await assay("reproduce", "tide/\(model):1", "--json")
        return try JSONParser.parse(Data(again.output.utf8))["verdict"]
    }

    /// Waits until a reproduction has ended and returns the verdict.
    func end(of id: String) async throws -> JSONValue? {
        _ = try await assay("reproduction", "log", id, "--follow")
        return try await http("GET", "reproductions/\(id)").json["verdict"]
    }

    /// Pushes `tide/base:1` once more under another name, with a recipe that no `assay run` would have written.
    func pushAltered(_ name: String, _ alter: (inout [String: JSONValue]) -> Void) async throws {
        let base = try await http("GET", "models/tide/base/versions/1").json
        var recipe = try #require(base["run"]?["recipe"]?.object)
        alter(&recipe)
        let body: JSONValue = [
            "files": try #require(base["files"]),
            "run": ["kind": "train", "state": "finished", "recipe": .object(recipe), "metrics": [], "facts": [:]],
        ]
        let pushed = try await http(
            "POST", "models/tide/\(name)/versions", body: String(decoding: try body.canonicalBytes(), as: UTF8.self))
        try #require(pushed.status == 201, "\(pushed.text)")
    }

    /// Makes `tide/rooted:1` by a run on a root file system with a shell, which is `tide/root:1`.
    func pushRooted() async throws {
        let recipe = """
            schema: assay/v1
            model: tide/rooted
            seed: 1
            environment: {rootfs: tide/root:1}
            train: [/bin/sh, train.sh]
            outputs: [{path: model.txt, role: weights}]

            """
        try scratch.write("rooted/assay.yaml", Data(recipe.utf8))
        try scratch.write("rooted/train.sh", Data("echo 1 2 3 >/out/model.txt\n".utf8))
        let made = try await shell(
            """
            mkdir root && cd root
            for file in /bin/sh $(ldd /bin/sh | grep -o '/[^ ]*'); do
                mkdir -p .$(dirname $file) && cp -L $file .$file; done
            tar -czf ../rootfs.tar.gz . && cd .. && $ASSAY dataset push tide/root rootfs.tar.gz
            cd rooted && git init -q && git add -A && git commit -qm x && $ASSAY run
            """)
        try #require(made.code == 0, "\(made)")
    }
}
