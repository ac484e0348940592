import Foundation
import Testing

/// A git repository with a model of its own: it fits the tides of a harbour with plain Python, to a `.npy`.
struct Project: Sendable {
    /// The work tree.
    let folder: String

    /// One author and one time: every test makes the same commits.
    static let gitEnvironment: [String: String] = {
        var variables = ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
        for role in ["AUTHOR", "COMMITTER"] {
            variables["GIT_\(role)_NAME"] = "Mia"
            variables["GIT_\(role)_EMAIL"] = "mia@example.org"
            variables["GIT_\(role)_DATE"] = "2026-02-01T08:00:00Z"
        }
        return variables
    }()

    /// Whether a run can be carried out here.
    static let canRun =
        Tool.isThere("/usr/bin/bwrap") && Tool.isThere("/usr/bin/python3") && Tool.isThere("/usr/bin/git")

    /// The bytes of the training data.
    static let readings = Data(series(0..<120).utf8)
    /// The bytes of the data that the model is measured on.
    static let later = Data(series(120..<160).utf8)

    private static func series(_ hours: Range<Int>) -> String {
        // Whole numbers, so that no platform writes them in another way.
        "hour,centimetres\n" + hours.map { "\($0),\(($0 * 29) % 173 + 40)\n" }.joined()
    }

    /// Makes the repository with its first commit; the data lies beside it.
    static func make(in scratch: Scratch, recipe: Recipe = Recipe(), training: String = Self.training) async throws
        -> Project
    {
        let project = Project(folder: scratch.path + "/project")
        try scratch.write("data/readings/levels.csv", readings)
        try scratch.write("data/later/levels.csv", later)
        try scratch.write("project/assay.yaml", Data(recipe.text.utf8))
        try scratch.write("project/fit.py", Data(training.utf8))
        try scratch.write("project/check.py", Data(measuring.utf8))
        try await project.git("init", "--quiet", "--initial-branch=main")
        try await project.commit()
        return project
    }

    /// Writes a file of the work tree.
    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    /// Commits everything.
    func commit() async throws {
        try await git("add", "--all")
        try await git("commit", "--quiet", "--message", "Fit the tides")
    }

    /// The commit that is checked out.
    var head: String {
        get async throws { try await git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    /// Runs git and returns what it printed.
    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        let outcome = try await Tool.run(
            "/usr/bin/git", arguments, environment: Self.gitEnvironment, folder: folder)
        try #require(outcome.code == 0, "\(outcome.error)")
        return outcome.output
    }
}
