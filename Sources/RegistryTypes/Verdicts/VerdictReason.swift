/// Why a verdict is `failed` or `not-verifiable`, in a word that never changes once released.
///
/// None of them says anything against a version: the run did not get as far as a comparison.
public enum VerdictReason: String, Sendable, Codable, CaseIterable {
    // The run did not make what the original made.

    /// A command ended with a code other than 0.
    case exitCode = "exit-code"
    /// A command was killed by a signal.
    case signal
    /// The wall or the idle time ran out.
    case timeout
    /// The memory limit was reached.
    case outOfMemory = "oom"
    /// The files of the run reached the scratch limit.
    case scratchExceeded = "scratch-exceeded"
    /// A program could not be started.
    case commandNotFound = "command-not-found"
    /// A declared output was not written, or is nothing that is taken.
    case missingOutput = "missing-output"
    /// A metrics file cannot be read.
    case metricsUnreadable = "metrics-unreadable"
    /// The workers that had the job were lost, too often.
    case workerLost = "worker-lost"

    // Nothing was run, or nothing can be compared.

    /// There is no recipe, or it has no command for what was asked for.
    case noRecipe = "no-recipe"
    /// Git does not hold all of the source.
    case sourceIncomplete = "source-incomplete"
    /// The stored source is lost or proves another commit.
    case sourceMissing = "source-missing"
    /// The bytes of a dataset are lost.
    case inputMissing = "input-missing"
    /// The bytes of a dataset do not have their digest.
    case inputDigestMismatch = "input-digest-mismatch"
    /// The root file system is lost or cannot be used.
    case environmentMissing = "environment-missing"
    /// There is no worker, or no sandbox works on it.
    case executorUnavailable = "executor-unavailable"
    /// No worker has the hardware that the recipe asks for.
    case hardwareMissing = "hardware-missing"
    /// The version does not hold an output that its recipe declares.
    case originalMissing = "original-missing"
    /// The original's stored bytes no longer have their digest.
    case originalCorrupt = "original-corrupt"
    /// The original cannot be read as its format says.
    case originalUnreadable = "original-unreadable"
    /// The reproduction's stored bytes no longer have their digest.
    case reproducedCorrupt = "reproduced-corrupt"
    /// The bytes differ, and Assay reads no tensors from files of this kind.
    case formatOpaque = "format-opaque"
    /// Nothing that could be compared was measured.
    case noMetrics = "no-metrics"

    /// The outcome that it explains: `failed` or `not-verifiable`.
    public var outcome: Verdict.Outcome {
        switch self {
        case .exitCode, .signal, .timeout, .outOfMemory, .scratchExceeded, .commandNotFound, .missingOutput,
            .metricsUnreadable, .workerLost:
            .failed
        default: .notVerifiable
        }
    }
}
