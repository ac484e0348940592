import Foundation
import RegistryTypes
import Testing

/// Every verdict and every reason, reached by a real run: pushed, queued, repeated in the sandbox by the server's worker,
/// compared by the server.
@Suite(.serialized, .enabled(if: Project.canRun)) struct VerdictTableTests {
    /// One training, what happens to the store before it is repeated, and what must be said about it.
    struct Row: Sendable {
        let name: String
        /// Python that writes the outputs; `again` is true when the training is repeated.
        let script: String
        var outputs = "[{path: w.safetensors, role: weights}, {path: m.json, role: metrics}]"
        var extra = ""
        /// What is done to the store in between.
        var mischief: Mischief = .none
        var arguments: [String] = []
        let code: Int32
        let verdict: String
        var reason: String?
        var flags: [String] = []
    }

    enum Mischief: Sendable { case none, loseSource, loseWeights }

    /// Writes `w.safetensors` with one tensor, and `m.json`.
    static let helper = """
        import json, os, signal, struct, sys, time
        out = os.environ["ASSAY_OUTPUTS"] + "/"
        # A training can tell from where its folders are mounted that it is repeated; this one does.
        again = "assay-run-" not in open("/proc/self/mountinfo").read()

        def weights(values, name="w.safetensors", note=""):
            data = struct.pack("<%dd" % len(values), *values)
            header = {"w": {"dtype": "F64", "shape": [len(values)], "data_offsets": [0, len(data)]}}
            if note: header["__metadata__"] = {"note": note}
            text = json.dumps(header).encode()
            text += b" " * (-len(text) % 8)
            open(out + name, "wb").write(struct.pack("<Q", len(text)) + text + data)

        def metrics(text='{"mse": 0.5}'): open(out + "m.json", "w").write(text)


        """

    private static let onlyWeights = "[{path: w.safetensors, role: weights}]"
    private static let onlyBytes = "[{path: w.bin, role: weights}]"
    private static let far = "weights([1, 2, 4 if again else 3])"

    static let rows: [Row] = [
        Row(name: "same", script: "weights([1, 2, 3]); metrics()", code: 0, verdict: "bit-identical"),
        Row(
            name: "container", script: "weights([1, 2, 3], note='again' if again else 'first'); metrics()", code: 0,
            verdict: "tensor-equal"),
        Row(
            name: "last-digits", script: "weights([1, 2, 3 + 1e-9 * again]); metrics()", code: 0,
            verdict: "within-tolerance"),
        Row(
            name: "owners-tolerance", script: "\(far); metrics()", extra: "compare: {tensors: {w: {absolute: 2.0}}}",
            code: 0, verdict: "within-tolerance"),
        Row(
            name: "later-tolerance", script: "\(far); metrics()", arguments: ["--tolerance", "w=2"], code: 0,
            verdict: "within-tolerance", flags: ["post-hoc-tolerance"]),
        Row(
            name: "later-metrics", script: "\(far); metrics('{\"mse\": 0.6}' if again else '{\"mse\": 0.5}')",
            arguments: ["--metric-tolerance", "mse=0.2"], code: 0, verdict: "metric-equivalent",
            flags: ["post-hoc-tolerance"]),
        Row(name: "same-metrics", script: "\(far); metrics()", code: 0, verdict: "metric-equivalent"),
        Row(
            name: "other-metrics", script: "\(far); metrics('{\"mse\": 0.6}' if again else '{\"mse\": 0.5}')", code: 4,
            verdict: "diverged"),
        Row(
            name: "minus-zero", script: "weights([-0.0 if again else 0.0, 1]); metrics()", code: 0,
            verdict: "within-tolerance"),
        Row(
            name: "nan", script: "weights([float('nan'), 1]); metrics()", code: 0, verdict: "bit-identical",
            flags: ["nonfinite"]),
        Row(
            name: "nan-class", script: "weights([float('inf') if again else float('nan'), 1])", outputs: onlyWeights,
            code: 4, verdict: "diverged", flags: ["nonfinite"]),
        Row(
            name: "exit-code", script: "weights([1]); metrics(); sys.exit(3 if again else 0)", code: 3,
            verdict: "failed", reason: "exit-code"),
        Row(
            name: "signal", script: "weights([1]); metrics()\nif again: os.kill(os.getpid(), signal.SIGSEGV)", code: 3,
            verdict: "failed", reason: "signal"),
        Row(
            name: "timeout", script: "weights([1]); metrics()\nif again: time.sleep(60)",
            extra: "timeouts: {wallSeconds: 30, idleSeconds: 1, killGraceSeconds: 1}", code: 3, verdict: "failed",
            reason: "timeout"),
        Row(
            name: "oom", script: "weights([1]); metrics()\nif again: print(len(bytes(bytearray(1 << 30))))", code: 3,
            verdict: "failed", reason: "oom"),
        Row(
            name: "missing", script: "metrics()\nif not again: weights([1])", code: 3, verdict: "failed",
            reason: "missing-output"),
        Row(
            name: "unreadable-metrics", script: "weights([1]); metrics('mse = 1' if again else '{\"mse\": 1}')",
            code: 3, verdict: "failed", reason: "metrics-unreadable"),
        Row(
            name: "source-lost", script: "weights([1]); metrics()", mischief: .loseSource, code: 2,
            verdict: "not-verifiable", reason: "source-missing"),
        Row(
            name: "weights-lost", script: "\(far); metrics()", mischief: .loseWeights, code: 2,
            verdict: "not-verifiable", reason: "original-corrupt"),
        Row(
            name: "opaque", script: "open(out + 'w.bin', 'wb').write(b'b' if again else b'a')", outputs: onlyBytes,
            code: 2, verdict: "not-verifiable", reason: "format-opaque"),
        Row(
            name: "unreadable-original",
            script: "weights([1])\nif not again: open(out + 'w.safetensors', 'wb').write(b'torn')",
            outputs: onlyWeights, code: 2, verdict: "not-verifiable", reason: "original-unreadable"),
    ]

    @Test func everyVerdictIsReachedByARun() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            for row in Self.rows {
                try await Self.push(row, in: world)
                try await Self.harm(row, in: world)
                let again = try await world.shell(
                    "$ASSAY reproduce tide/\(row.name):1 --json \(row.arguments.joined(separator: " "))")
                #expect(again.code == row.code, "\(row.name): \(again.error)")
                let verdict = try JSONParser.parse(Data(again.output.utf8))["verdict"]
                #expect(verdict?["verdict"]?.string == row.verdict, "\(row.name): \(again.output)")
                #expect(verdict?["reason"]?.string == row.reason, "\(row.name): \(again.output)")
                let flags = verdict?["flags"]?.array?.compactMap(\.string) ?? []
                #expect(row.flags.allSatisfy(flags.contains), "\(row.name): \(flags)")
            }
        }
    }

    @Test func aCancelledRunHasNoVerdictAndAPushWithoutRecipeHasOneAtOnce() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            try await Self.push(
                Row(
                    name: "endless",
                    script: "weights([1]); metrics()\nwhile again: print('on', flush=True); time.sleep(0.1)",
                    code: 3, verdict: ""), in: world)
            let queued = try await world.assay("reproduce", "tide/endless:1", "--no-wait")
            let id = queued.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let ended = try await world.shell(
                """
                until curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/\(id)/log | grep -q on
                do sleep 0.1; done
                curl -s -X POST -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/\(id)/cancel > /dev/null
                until curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_URL/api/v1/reproductions/\(id) \
                | grep -q '"state":"cancelled"'; do sleep 0.1; done
                """)
            #expect(ended.code == 0, "\(ended.error)")
            try scratch.write("w.bin", Data("w".utf8))
            let pushed = try await world.assay("push", "tide/imported", "w.bin", "--no-source")
            try #require(pushed.code == 0, "\(pushed.error)")
            let none = try await world.assay("reproduce", "tide/imported:1")
            #expect(none.code == 2 && none.output.contains("not-verifiable (no-recipe)"), "\(none.output)")
            let check = try await world.assay("reproduce", "tide/imported:1", "--check")
            #expect(check.code == 2 && check.output.contains("prevents (no-recipe)"), "\(check.output)")
        }
    }

    private static func push(_ row: Row, in world: World) async throws {
        let folder = "\(world.scratch.path)/\(row.name)"
        try world.scratch.write("\(row.name)/train.py", Data((helper + row.script + "\n").utf8))
        try world.scratch.write(
            "\(row.name)/assay.yaml",
            Data(
                """
                schema: assay/v1
                model: tide/\(row.name)
                seed: 1
                train: [/usr/bin/python3, train.py]
                outputs: \(row.outputs)
                resources: {cpus: 1, memoryMiB: 256, pids: 16, scratchMiB: 16}
                \(row.extra)

                """.utf8))
        let made = try await world.shell(
            "git init -q -b main && git add --all && git commit -qm Train && $ASSAY run", in: folder)
        try #require(made.code == 0, "\(row.name): \(made.error)")
    }

    /// Does to the store what a failing disk does.
    private static func harm(_ row: Row, in world: World) async throws {
        guard row.mischief != .none else { return }
        let record = try await world.http("GET", "models/tide/\(row.name)/versions/1").json
        let weights = record["files"]?.array?.first { $0["path"]?.string == "w.safetensors" }?["sha256"]?.string
        let source = record["run"]?["recipe"]?["source"]?["bundle"]?.string
        let digest = try #require(row.mischief == .loseSource ? source : weights)
        let hex = digest.hasPrefix("sha256:") ? String(digest.dropFirst(7)) : digest
        try FileManager.default.removeItem(atPath: "\(world.server.data)/blobs/sha256/\(hex.prefix(2))/\(hex)")
    }
}
