/// Why a run could not be started; never about what the command did.
package enum ExecutorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The request names something that is missing or not allowed; the text says what and what to do.
    case invalidRequest(String)
    /// The sandbox could not be set up; `output` is what its program said.
    case sandboxFailed(executor: String, output: String)

    package var description: String {
        switch self {
        case .invalidRequest(let reason):
            "The run was not started: \(reason)"
        case .sandboxFailed(let executor, let output):
            "The \(executor) sandbox could not be set up: \(output) Run `assay doctor` to see what this host lacks."
        }
    }
}
