import RegistryClient
import RegistryCommand
import RegistryTypes
import Testing

/// An `assay.yaml` of several steps.
@Suite struct ProjectTests {
    private static let prepare = """
          - name: prepare
            folder: prepare
            dataset: demo/clean
            run: [python3, prepare.py]
            inputs: [{name: raw, dataset: demo/raw:1}]
            outputs: [{path: clean.csv, role: data}]
        """
    private static let train = """
          - name: train
            model: demo/m
            seed: 9
            parameters: {rate: 1.0}
            train: [python3, train.py]
            inputs: [{name: clean, step: prepare}]
            outputs: [{path: w.npz, role: weights}]
        """
    private static let head = "schema: assay/v1\nseed: 7\nparameters: {rate: 1, depth: 3}\nsteps:\n"

    @Test func stepsComeBehindWhatTheyNeed() throws {
        let project = try Project(text: Self.head + Self.train + "\n" + Self.prepare)
        #expect(project.isPipeline)
        #expect(project.steps.map(\.name) == ["prepare", "train"])
        #expect(project.steps.map(\.folder) == ["prepare", ""])
        #expect(project.steps.map(\.file.kind) == [.datasets, .models])
        #expect(try project.steps(upTo: "prepare").map(\.name) == ["prepare"])
        #expect(try project.steps(upTo: "train").map(\.name) == ["prepare", "train"])
        #expect(throws: RegistryError.self) { try project.steps(upTo: "tarin") }
    }

    @Test func whatStepsShareIsWrittenOnce() throws {
        let steps = try Project(text: Self.head + Self.prepare + "\n" + Self.train).steps
        #expect(steps.map(\.file.seed) == [7, 9])
        #expect(steps.map(\.file.parameters) == [["rate": 1, "depth": 3], ["rate": 1, "depth": 3]])
        #expect(steps.map(\.file.floats) == [[], ["rate"]])
    }

    @Test func parametersAreOverriddenInAllStepsOrInOne() throws {
        var project = try Project(text: Self.head + Self.prepare + "\n" + Self.train)
        try project.override(ParameterOverride("rate=5"))
        try project.override(ParameterOverride("train.depth=8"))
        #expect(project.steps.map(\.file.parameters) == [["rate": 5, "depth": 3], ["rate": 5, "depth": 8]])
        #expect(project.steps.map(\.file.floats) == [[], []])
        for text in [".rate=1", "deep=1", "train.deep=1", "fit.depth=1", "raindepth=1"] {
            #expect(throws: RegistryError.self) { try project.override(ParameterOverride(text)) }
        }
        project.reseed(3)
        #expect(project.steps.map(\.file.seed) == [3, 3])
    }

    @Test func aStepReadsTheVersionThatAnotherMade() throws {
        let file = try #require(Project(text: Self.head + Self.prepare + "\n" + Self.train).steps.last).file
        let read = file.reading(["prepare": try VersionReference("demo/clean:4")])
        #expect(read.inputs.map(\.origin) == [.dataset(try VersionReference("demo/clean:4"))])
    }

    /// A text, and what the error must say.
    static let mistakes: [(String, String)] = [
        (head + train, "reads from the step prepare, which does not exist"),
        (head + prepare + "\n" + prepare, "two steps are called prepare"),
        (head + train.replacing("step: prepare", with: "step: train"), "which makes no dataset"),
        (
            head + prepare.replacing("dataset: demo/raw:1", with: "step: other") + "\n"
                + prepare.replacing("prepare\n", with: "other\n").replacing("demo/clean", with: "demo/other")
                .replacing("dataset: demo/raw:1", with: "step: prepare"), "wait for each other"
        ),
        (head + prepare + "\n" + prepare.replacing("name: prepare", with: "name: other"), "both make demo/clean"),
        (head + prepare.replacing("role: data", with: "role: report"), "at least one file of role data"),
        (head + prepare.replacing("run: [", with: "train: ["), "the key \"run\" is missing"),
        (head + train.replacing("model: demo/m", with: "modle: demo/m"), "the key \"model\" is missing"),
        (head + prepare.replacing("folder: prepare", with: "folder: ../prepare"), "folder is not accepted"),
        ("schema: assay/v1\nmodel: demo/m\nsteps:\n" + prepare, "model is not known here"),
        ("schema: assay/v1\nsteps: []", "at least one step"),
        ("schema: assay/v1\nsteps:\n" + prepare, "the key \"seed\" is missing"),
    ]

    @Test(arguments: mistakes)
    func mistakesAreNamed(_ row: (String, String)) throws {
        do {
            _ = try Project(text: row.0)
            Issue.record("accepted: \(row.0)")
        } catch let error as RegistryError {
            #expect(error.code == .invalidRecipe)
            #expect(error.message.contains(row.1), "\(error.message)")
        }
    }
}
