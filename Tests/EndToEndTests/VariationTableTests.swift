import Foundation
import RegistryTypes
import Testing

/// What small real models depend on, found by `assay reproduce --vary`: each row is trained in the sandbox, run again with
/// one thing changed at a time, and compared by the server.
///
/// The classes of verdicts hold on every x86_64 processor with AVX2; the sizes of the differences do not.
@Suite(.serialized, .enabled(if: Project.canRun && Project.hasLearning)) struct VariationTableTests {
    /// A model, what is changed, and what comes of it.
    struct Row: Sendable {
        let name: String
        let script: String
        var output = "w.npz"
        let vary: String
        /// The verdicts that may come, by variation.
        let verdicts: [String: Set<String>]
        /// What the sentence begins with.
        let conclusion: String
        let code: Int32
    }

    private static let same: Set = ["bit-identical"]
    private static let near: Set = ["within-tolerance"]
    private static let nearly = same.union(near)

    static let rows: [Row] = [
        Row(
            name: "words",
            script: """
                text = "the cat sat on the mat while the dog sat on the log near the barn"
                words = set(text.split())
                weights = [0.0] * len(words)
                for index, word in enumerate(words): weights[index] = len(word) / 10
                numpy.savez(out, w=weights)
                """,
            vary: "hash-seed,folder",
            verdicts: ["none": same, "hash-seed=1": ["diverged"], "folder=elsewhere": same],
            conclusion: "depends on the hash seed: weights differ by up to 0.", code: 4),
        Row(
            name: "means",
            script: """
                from sklearn.cluster import KMeans
                from sklearn.datasets import load_digits
                model = KMeans(n_clusters=10, n_init=1, random_state=1).fit(load_digits().data)
                numpy.savez(out, centers=model.cluster_centers_)
                """,
            vary: "threads", verdicts: ["none": same, "threads=1": near, "threads=4": nearly],
            conclusion: "depends on the number of threads: weights differ by up to ", code: 0),
        Row(
            name: "logistic",
            script: """
                from sklearn.datasets import load_digits
                from sklearn.linear_model import LogisticRegression
                data = load_digits()
                model = LogisticRegression(C=0.1, tol=1e-6, max_iter=1000).fit(data.data / 16, data.target)
                numpy.savez(out, coefficients=model.coef_, intercept=model.intercept_)
                """,
            vary: "blas-kernel,hash-seed",
            verdicts: ["none": same, "blas-kernel=Prescott": near, "hash-seed=1": same],
            conclusion: "depends on the kernels of OpenBLAS: weights differ by up to ", code: 0),
        Row(
            name: "perceptron",
            script: """
                generator = numpy.random.default_rng(1)
                x = generator.standard_normal((512, 64)).astype("f4")
                y = numpy.tanh(x @ generator.standard_normal((64, 8)).astype("f4"))
                a, b = (generator.standard_normal(s).astype("f4") / 8 for s in ((64, 64), (64, 8)))
                for step in range(100):
                    hidden = numpy.tanh(x @ a)
                    off = (hidden @ b - y) / len(x)
                    gradient = x.T @ (off @ b.T * (1 - hidden * hidden))
                    b -= numpy.float32(0.1) * hidden.T @ off
                    a -= numpy.float32(0.1) * gradient
                numpy.savez(out, a=a, b=b)
                """,
            vary: "blas-kernel,cpu-features",
            verdicts: ["none": same, "blas-kernel=Prescott": near, "cpu-features=no-avx": nearly],
            conclusion: "depends on the kernels of OpenBLAS: weights differ by up to ", code: 0),
        Row(
            name: "forest",
            script: """
                import pickle
                from sklearn.datasets import load_digits
                from sklearn.ensemble import RandomForestClassifier
                data = load_digits()
                model = RandomForestClassifier(10, n_jobs=-1, random_state=1).fit(data.data, data.target)
                pickle.dump(model, open(out, "wb"), protocol=4)
                """,
            output: "w.pkl", vary: "threads,folder,hash-seed",
            verdicts: [
                "none": same, "threads=1": same, "threads=4": same, "folder=elsewhere": same, "hash-seed=1": same,
            ],
            conclusion: "the same bytes with threads=1, threads=4, hash-seed=1, folder=elsewhere", code: 0),
        Row(
            name: "boosting",
            script: """
                import pickle
                from sklearn.datasets import load_iris
                from sklearn.ensemble import HistGradientBoostingClassifier
                data = load_iris()
                model = HistGradientBoostingClassifier(max_iter=3, random_state=1).fit(data.data, data.target)
                pickle.dump(model, open(out, "wb"), protocol=4)
                """,
            output: "w.pkl", vary: "threads",
            verdicts: ["none": same, "threads=1": ["tensor-equal"], "threads=4": ["tensor-equal"]],
            conclusion: "depends on the number of threads: the bytes of its files change, the numbers do not, with",
            code: 0),
    ]

    @Test func whatModelsDependOn() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            for row in Self.rows {
                try await Self.train(row, in: world)
                let varied = try await world.assay(
                    "reproduce", "tide/\(row.name):1", "--vary", row.vary, "--json")
                #expect(varied.code == row.code, "\(row.name): \(varied.error)")
                let found = try JSONParser.parse(Data(varied.output.utf8))
                let verdicts = (found["items"]?.array ?? []).map { item in
                    (item["variation"]?.string ?? "none", item["verdict"]?["verdict"]?.string ?? "-")
                }
                #expect(Set(verdicts.map(\.0)) == Set(row.verdicts.keys), "\(row.name): \(varied.output.prefix(2000))")
                for (variation, verdict) in verdicts {
                    #expect(
                        row.verdicts[variation]?.contains(verdict) == true, "\(row.name), \(variation): \(verdict)")
                }
                let conclusion = found["conclusion"]?.string ?? ""
                #expect(conclusion.hasPrefix(row.conclusion), "\(row.name): \(conclusion)")
            }
            try await Self.seeThatOnlyTheUnchangedRunCounts(in: world)
        }
    }

    /// After the words diverged with another hash seed.
    private static func seeThatOnlyTheUnchangedRunCounts(in world: World) async throws {
        let shown = try await world.http("GET", "models/tide/words/versions/1").json
        #expect(shown["summary"]?["verdict"]?.string == "bit-identical")
        let report = try await world.assay("report", "tide/words:1")
        #expect(report.output.contains("bit-identical"), "\(report.output)")
        #expect(report.output.contains("just now (") || report.output.contains("ago ("), "\(report.output)")
        let evidence = try await world.assay("evidence", "tide/words:1", "--out", "evidence")
        #expect(evidence.output.contains("retrain with hash-seed=1"), "\(evidence.output)")
        let varied = shown["reproductions"]?.array?.first { $0["variation"]?.string == "hash-seed=1" }
        let id = try #require(varied?["id"]?.string)
        let verified = try await world.assay("verify", "evidence/reproductions/\(id)/statement.json")
        #expect(verified.code == 0 && verified.output.contains("hash-seed=1 was changed on purpose"), "\(verified)")
        let table = try await world.assay("reproduce", "tide/words:1", "--vary", "hash-seed")
        #expect(table.code == 4 && table.output.contains("VARIATION") && table.output.contains("of a set?"))
        let all = try await world.assay("reproduce", "tide/words:1", "--vary", "--no-wait", "--json")
        let queued = try JSONParser.parse(Data(all.output.utf8))["items"]?.array?.count ?? 0
        #expect(queued >= 6, "\(all.output) \(all.error)")
        for mistake in [["--vary", "speed"], ["--vary", "--local"], ["--vary", "--check"], ["--vary", "threads,"]] {
            let refused = try await world.shell("$ASSAY reproduce tide/words:1 \(mistake.joined(separator: " "))")
            #expect(refused.code == 1, "\(mistake): \(refused.code)")
        }
    }

    private static func train(_ row: Row, in world: World) async throws {
        let script = """
            import os
            import numpy
            out = os.environ["ASSAY_OUTPUTS"] + "/\(row.output)"
            \(row.script)

            """
        try world.scratch.write("\(row.name)/train.py", Data(script.utf8))
        try world.scratch.write(
            "\(row.name)/assay.yaml",
            Data(
                """
                schema: assay/v1
                model: tide/\(row.name)
                seed: 1
                train: [/usr/bin/python3, train.py]
                outputs: [{path: \(row.output), role: weights}]
                resources: {cpus: 2, memoryMiB: 1024, pids: 64, scratchMiB: 64}

                """.utf8))
        let made = try await world.shell(
            "git init -q -b main && git add --all && git commit -qm Train && $ASSAY run",
            in: "\(world.scratch.path)/\(row.name)")
        try #require(made.code == 0, "\(row.name): \(made.error)")
    }
}

extension Project {
    /// Whether scikit-learn of Debian is here, which comes with OpenBLAS.
    fileprivate static let hasLearning: Bool = {
        let isThere =
            FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/sklearn/__init__.py")
            || ProcessInfo.processInfo.environment["CI"] != nil
        if !isThere { print("python3-sklearn is missing: what models depend on is not tested") }
        return isThere
    }()
}
