import RegistryCommand
import RegistryTypes
import Testing

/// `assay.yaml`: what is read, and what is refused with its line.
@Suite struct AssayFileTests {
    private static let minimal = """
        schema: assay/v1
        model: demo/m
        seed: 7
        train: [python3, train.py]
        outputs:
          - {path: w.npz, role: weights}
        """

    /// The only step of a file.
    private static func only(_ text: String) throws -> AssayFile { try #require(Project(text: text).steps.first).file }

    @Test func whatInitWritesIsValid() throws {
        let file = try Self.only(AssayFile.template(model: QualifiedName("demo/digits")))
        #expect(file.product.description == "demo/digits")
        let datasets = try ["demo/digits-train:1", "demo/digits-validation:1"].map { try VersionReference($0) }
        #expect(file.inputs.map(\.origin) == datasets.map { .dataset($0) })
        #expect(file.inputs.map(\.phase) == [.train, .evaluate])
        #expect(file.parameters == ["learning_rate": .number(0.1)])
        #expect(file.outputs.map(\.role) == [.weights, .metrics, .metrics])
        #expect(file.timeouts.wallSeconds == 600)
    }

    @Test func whatIsNotSaidHasDefaults() throws {
        let file = try Self.only(Self.minimal)
        #expect(file.resources == Recipe.Resources())
        #expect(file.timeouts == Recipe.Timeouts())
        #expect(file.compare == Recipe.Comparison())
        #expect(file.inputs.isEmpty && file.parameters.isEmpty && file.env.isEmpty)
        #expect(file.evaluate == nil && file.image == nil)
    }

    @Test func everyFieldIsRead() throws {
        let text = """
            \(Self.minimal)
            evaluate: [python3, evaluate.py, --fast]
            inputs:
              - {name: train, dataset: dataset:demo/data:3, phase: train}
            parameters: {rate: 1.0e-3, epochs: 30, name: "007", on_gpu: false, note: null}
            compare:
              metrics: {accuracy: {absolute: 0.001}}
              tensors: {"*.bias": {relative: 0.1}}
            resources: {cpus: 2, memoryMiB: 100, pids: 10, scratchMiB: 5}
            timeouts: {wallSeconds: 9, idleSeconds: 8, killGraceSeconds: 7}
            env: {OMP_PROC_BIND: "true"}
            image: app:1.4@sha256:\(String(repeating: "a", count: 64))
            """
        let file = try Self.only(text)
        #expect(file.evaluate == ["python3", "evaluate.py", "--fast"])
        #expect(try file.inputs.first?.origin == .dataset(VersionReference("demo/data:3")))
        #expect(
            file.parameters == [
                "rate": .number(0.001), "epochs": .number(30), "name": .string("007"), "on_gpu": .bool(false),
                "note": .null,
            ])
        #expect(file.compare.metrics["accuracy"] == Tolerance(absolute: 0.001))
        #expect(file.compare.tensors["*.bias"] == Tolerance(relative: 0.1))
        #expect(file.resources == Recipe.Resources(cpus: 2, memoryMiB: 100, pids: 10, scratchMiB: 5))
        #expect(file.timeouts == Recipe.Timeouts(wallSeconds: 9, idleSeconds: 8, killGraceSeconds: 7))
        #expect(file.env == ["OMP_PROC_BIND": "true"])
        #expect(file.image?.tag == "app:1.4")
    }

    @Test func theEnvironmentIsAnImageByItsDigest() throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let file = try Self.only(Self.minimal + "\nenvironment: {image: registry.example/python:3.12@\(digest)}")
        #expect(file.environment.kind == .image && file.inputs.isEmpty)
        #expect(file.environment.image?.description == "registry.example/python@\(digest)")
        let other = try Self.only(Self.minimal + "\nenvironment: {image: registry.example/python@\(digest)}")
        #expect(file.environment == other.environment, "a tag beside the digest changes nothing")
    }

    /// A text that replaces or follows the minimal one, and what the error must say.
    static let mistakes: [(String, String)] = [
        ("", "empty"),
        ("- a\n- b", "must be a map"),
        ("schema: assay/v2\n", "reads assay/v1"),
        ("schema: assay/v1\nmodel: demo\n", "assay.yaml:2:"),
        (minimal + "\nsede: 8", "sede is not known here"),
        (minimal + "\nseed: 8", "stands twice"),
        (minimal.replacing("seed: 7", with: "seed: 7.5"), "seed must be a whole number"),
        (minimal.replacing("seed: 7", with: "seed: seven"), "assay.yaml:3:"),
        (minimal.replacing("[python3, train.py]", with: "python3 train.py"), "train must be a list"),
        (minimal.replacing("role: weights", with: "role: weight"), "one of weights, data, metrics, report, log"),
        (minimal.replacing("path: w.npz", with: "path: ../w.npz"), "outputs[0].path is not accepted"),
        (minimal + "\nparameters: {a: [1, 2]}", "must be one value"),
        (minimal + "\nparameters: {a: yes}", "different ways"),
        (minimal + "\nparameters: {a: 0777}", "different ways"),
        (minimal + "\nparameters: {a: .nan}", "different ways"),
        (minimal + "\nparameters: {a: 9007199254740993}", "beyond 2^53"),
        (minimal + "\nparameters: {a: 12345678901234567890}", "beyond 2^53"),
        (minimal.replacing("role: weights", with: "role: weights, format: npzz"), "use one of safetensors, npy, npz"),
        (minimal + "\nparameters: &x {a: 1}", "anchors"),
        (minimal + "\nparameters: *x", "aliases"),
        (minimal + "\ncompare: {metrics: {mse: {}}}", "absolute, relative or both"),
        (minimal + "\nresources: {cpu: 1}", "resources.cpu is not known"),
        (minimal + "\nenvironment: docker", "must be host"),
        (minimal + "\nenvironment: {image: registry.example/x:1}", "has no digest, and a tag can move"),
        (minimal + "\nenvironment: {image: x@sha256:\(String(repeating: "a", count: 64))}", "name its registry"),
        (minimal + "\nenvironment: {image: x, rootfs: a/b:1}", "is not known here"),
        (minimal + "\nenvironment: {rootfs: a}", "rootfs"),
        (minimal + "\nimage: app:latest", "tag and digest"),
        (minimal + "\nkey: [unclosed", "not valid YAML"),
        (minimal + "\na: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40), "nested too deep"),
        (String(repeating: "# comment\n", count: 30_000), "larger than"),
    ]

    @Test(arguments: mistakes)
    func mistakesAreNamed(_ row: (String, String)) throws {
        do {
            _ = try Project(text: row.0)
            Issue.record("accepted")
        } catch let error as RegistryError {
            #expect(error.code == .invalidRecipe)
            #expect(error.message.contains(row.1), "\(error.message)")
        }
    }

    @Test func aTinyFileOfAliasesDoesNotGrow() {
        let bomb = (1...40).reduce("a0: &a0 [x, x]\n") { text, level in
            text + "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(throws: RegistryError.self) { try Project(text: bomb) }
    }

    @Test(arguments: [
        ("rate=0.5", JSONValue.number(0.5)), ("name=x", .string("x")), ("flag=true", .bool(true)),
        ("quoted=\"5\"", .string("5")), ("empty=", .string("")), ("eq=a=b", .string("a=b")),
    ])
    func parametersAreOverridden(_ row: (String, JSONValue)) throws {
        #expect(try ParameterOverride(row.0).value == row.1)
    }

    @Test func floatsStayFloats() throws {
        var project = try Project(
            text: Self.minimal + "\nparameters: {a: 1.0, b: 1, c: 1e3, d: \"1.0\", e: 0.5, f: -0.0}")
        #expect(project.steps.map(\.file.floats) == [["a", "c", "e", "f"]])
        for text in ["a=2", "b=2.0"] { try project.override(ParameterOverride(text)) }
        let file = project.steps[0].file
        #expect(file.floats == ["b", "c", "e", "f"])
        let source = Recipe.Source(
            url: nil, commit: try GitCommit(String(repeating: "0", count: 40)), subfolder: "",
            bundle: try Digest("sha256:" + String(repeating: "0", count: 64)))
        // What is no whole number needs no mention.
        #expect(try file.recipe(source: source, datasets: [:]).floats == ["b", "c", "f"])
        #expect(throws: RegistryError.self) { try project.override(ParameterOverride("typo=1")) }
    }

    @Test func overridesKeepTheTypeAndStandOnce() throws {
        var file = try Project(text: Self.minimal + "\nparameters: {rate: 0.1, name: x, on: true, none: null}")
        for text in ["rate=fast", "rate=true", "name=5", "on=1", "rate=null"] {
            #expect(throws: RegistryError.self, "\(text)") { try file.override([ParameterOverride(text)]) }
        }
        #expect { try file.override([ParameterOverride("rate=1"), ParameterOverride("rate=2")]) } throws: {
            ($0 as? RegistryError)?.message.contains("given twice") == true
        }
        try file.override([ParameterOverride("rate=1"), ParameterOverride("none=7"), ParameterOverride("name=\"5\"")])
        #expect(file.steps[0].file.parameters == ["rate": 1, "name": "5", "on": true, "none": 7])
    }

    @Test(arguments: ["novalue", "=5", "list=[1]", "map={}", "half=.5", "much=1e400", "big=12345678901234567890"])
    func otherOverridesAreRefused(text: String) {
        #expect(throws: RegistryError.self) { try ParameterOverride(text) }
    }
}
