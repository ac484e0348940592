/// What can be said about a reproduction, and a training for each of it.
enum VerdictTable {
    /// One training, what happens to the store before it is repeated, and what must be said about it.
    struct Row: Sendable {
        let name: String
        /// Python that writes the outputs; `again` is true when the training is repeated, `train` unless it evaluates.
        let script: String
        var outputs = "[{path: w.safetensors, role: weights}, {path: m.json, role: metrics}]"
        var resources = "{cpus: 1, memoryMiB: 256, pids: 16, scratchMiB: 16}"
        var extra = ""
        /// Whether it reads a dataset of its own.
        var hasInput = false
        /// Whether the source has changes that were not committed.
        var isDirty = false
        /// What is done to the store in between.
        var mischief: Mischief = .none
        var command = "reproduce"
        var arguments: [String] = []
        let code: Int32
        let verdict: String
        var reason: String?
        /// What the explanation must hold.
        var sentence: String?
        /// The reason of the first output's evidence.
        var outputReason: String?
        var flags: [String] = []
    }

    /// What a failing disk does.
    enum Mischief: Sendable { case none, loseSource, loseWeights, loseInput, changeInput }

    /// Writes `w.safetensors` with one tensor, and `m.json`.
    static let helper = """
        import json, os, signal, struct, sys, time
        out = os.environ["ASSAY_OUTPUTS"] + "/"
        # A training can tell from where its folders are mounted that it is repeated; this one does.
        again = "assay-run-" not in open("/proc/self/mountinfo").read()
        train = "evaluate" not in sys.argv

        def weights(values, name="w.safetensors", note=""):
            data = struct.pack("<%dd" % len(values), *values)
            header = {"w": {"dtype": "F64", "shape": [len(values)], "data_offsets": [0, len(data)]}}
            if note: header["__metadata__"] = {"note": note}
            text = json.dumps(header).encode()
            text += b" " * (-len(text) % 8)
            open(out + name, "wb").write(struct.pack("<Q", len(text)) + text + data)

        def metrics(text='{"mse": 0.5}'): open(out + "m.json", "w").write(text)


        """

    static let onlyWeights = "[{path: w.safetensors, role: weights}]"
    private static let onlyBytes = "[{path: w.bin, role: weights}]"
    private static let far = "weights([1, 2, 4 if again else 3])"
    /// For recipes with an evaluation: the same program, which measures.
    private static let evaluation = "evaluate: [/usr/bin/python3, train.py, evaluate]"
    private static let evaluated =
        "[{path: w.safetensors, role: weights}, {path: m.json, role: metrics, phase: evaluate}]"
    private static let measuring = "weights([1, 2]) if train else metrics(json.dumps({'mse': 0.5}))"

    /// Ends with an error if it finds what it has written, or the original has, anywhere else.
    private static let searching = """
        mark = "the-" + "original"
        weights([1, 2], note=mark)
        metrics()
        for top in ["/in", "/out", "/work", "/tmp", "/var", "/dev/shm", "/proc/1/root/tmp", "/proc/1/cwd"]:
            for folder, _, files in os.walk(top):
                for path in [os.path.join(folder, file) for file in files]:
                    found = mark.encode() in open(path, "rb").read()
                    if found and path != out + "w.safetensors": sys.exit("found in " + path)
        """

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
            name: "unreadable",
            script: "weights([1, 2]); metrics()\nif again: open(out + 'w.safetensors', 'wb').write(b'x')",
            code: 4, verdict: "diverged"),
        Row(
            name: "new-nan", script: "weights([float('nan') if again else 1, 2]); metrics()", code: 4,
            verdict: "diverged",
            flags: ["nonfinite"]),
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
            reason: "timeout", sentence: "printed nothing for too long"),
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
        Row(
            name: "wall-time", script: "weights([1]); metrics()\nwhile again: print('on', flush=True); time.sleep(0.1)",
            extra: "timeouts: {wallSeconds: 2, killGraceSeconds: 1}", code: 3, verdict: "failed", reason: "timeout",
            sentence: "the wall time ran out"),
        Row(
            name: "scratch",
            script: "weights([1]); metrics()\nopen(out + 'big', 'wb').write(bytes(24 << 20 if again else 1))",
            code: 3, verdict: "failed", reason: "scratch-exceeded", sentence: "reached the scratch limit"),
        Row(
            name: "metrics-differ", script: "weights([1]); metrics('{\"mse\": 0.6}' if again else '{\"mse\": 0.5}')",
            code: 0, verdict: "bit-identical", flags: ["metrics-differ", "unpinned-environment"]),
        Row(
            name: "dirty", script: "weights([1]); metrics()", isDirty: true, code: 0, verdict: "bit-identical",
            flags: ["dirty-source"]),
        Row(
            name: "torn-again",
            script: "weights([1])\nif again: open(out + 'w.safetensors', 'wb').write(b'torn')",
            outputs: onlyWeights, code: 4, verdict: "diverged", outputReason: "reproduced-unreadable"),
        Row(
            name: "structure",
            script: "open(out + 'w.json', 'w').write(json.dumps({'w': [1, 2], 'kind': 'b' if again else 'a'}))",
            outputs: "[{path: w.json, role: weights}]", code: 4, verdict: "diverged",
            outputReason: "structure-differs"),
        Row(name: "searches", script: searching, code: 0, verdict: "bit-identical"),
        Row(
            name: "input-lost", script: "weights([1]); metrics()", hasInput: true, mischief: .loseInput, code: 2,
            verdict: "not-verifiable", reason: "input-missing", sentence: "the bytes of data"),
        Row(
            name: "input-changed", script: "weights([1]); metrics()", hasInput: true, mischief: .changeInput, code: 2,
            verdict: "not-verifiable", reason: "input-digest-mismatch", sentence: "bytes of data do not match"),
        Row(
            name: "no-such-hardware", script: "weights([1]); metrics()",
            resources: "{cpus: 1, memoryMiB: 256, pids: 16, scratchMiB: 16, gpu: {count: 2, model: a100}}", code: 2,
            verdict: "not-verifiable", reason: "hardware-missing", sentence: "No worker has gpu=a100 gpus=2"),
        Row(
            name: "measured", script: measuring, outputs: evaluated, extra: evaluation, command: "evaluate", code: 0,
            verdict: "bit-identical"),
        Row(
            name: "measured-closely", script: measuring.replacing("0.5", with: "0.5 + 1e-12 * again"),
            outputs: evaluated, extra: evaluation, command: "evaluate", code: 0, verdict: "metric-equivalent"),
        Row(
            name: "measured-otherwise", script: measuring.replacing("0.5", with: "0.5 + 0.1 * again"),
            outputs: evaluated, extra: evaluation, command: "evaluate", code: 4, verdict: "diverged"),
        Row(
            name: "nothing-measured", script: "weights([1]) if train else open(out + 'report', 'w').write('fine')",
            outputs: "[{path: w.safetensors, role: weights}, {path: report, role: report, phase: evaluate}]",
            extra: evaluation, command: "evaluate", code: 2, verdict: "not-verifiable", reason: "no-metrics"),
        Row(
            name: "nothing-to-measure", script: "weights([1]); metrics()", command: "evaluate", code: 2,
            verdict: "not-verifiable", reason: "no-recipe", sentence: "no evaluate command"),
        Row(
            name: "measured-weights-lost", script: measuring, outputs: evaluated, extra: evaluation,
            mischief: .loseWeights, command: "evaluate", code: 2, verdict: "not-verifiable",
            reason: "original-corrupt"),
    ]
}
