/// Why a recipe was not run, or why its run proves nothing; never about what a command did.
package enum RecipeRunnerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The commit only refers to parts of the source; the sentences say which.
    case sourceIncomplete([String])
    /// An input that the recipe names was not given.
    case inputMissing(String)
    /// A file of an input is not the one that the dataset version holds.
    case inputMismatch(input: String, path: String)
    /// A file of an input was written to while the run read it.
    case inputChanged(input: String, path: String)
    /// Evaluation alone was asked for, but the recipe has no such command or the model was not given.
    case nothingToEvaluate
    /// The root file system's dataset is not one tar archive; the sentence says what it is.
    case rootMissing(String)

    package var description: String {
        switch self {
        case .sourceIncomplete(let sentences):
            "The source is not complete, so the run could not be repeated. " + sentences.joined(separator: " ")
        case .inputMissing(let name): "The input \(name) is not there."
        case .inputMismatch(let input, let path):
            "The file \(path) of the input \(input) does not match its digest. Fetch the input again."
        case .inputChanged(let input, let path):
            "The file \(path) of the input \(input) was changed while the run read it. Run again, and leave it alone."
        case .rootMissing(let sentence): sentence
        case .nothingToEvaluate: "The recipe has no evaluate command, so there is nothing to measure again."
        }
    }
}
