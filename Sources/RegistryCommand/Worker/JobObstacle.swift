import RegistryTypes
import Reproduction

/// Why a job could not be carried out at all, in the contract's words; says nothing against the version.
struct JobObstacle: Error {
    /// The reason of the verdict.
    let reason: VerdictReason
    /// The reason in a sentence.
    let explanation: String

    private init(_ reason: VerdictReason, _ explanation: String) {
        self.reason = reason
        self.explanation = explanation
    }

    /// No sandbox works.
    init(noExecutorAmong probes: [ExecutorProbe]) {
        let reasons = probes.compactMap { probe in probe.failure.map { "\(probe.executor): \($0.advice)" } }
        self.init(.executorUnavailable, (["No sandbox works on the worker."] + reasons).joined(separator: " "))
    }

    /// Bytes that the specification names are not there or not what they were; nil for anything else.
    init?(
        fetching what: String, missing: VerdictReason, changed: VerdictReason = .inputDigestMismatch,
        _ error: RegistryError
    ) {
        switch error.code {
        case .blobCorrupt where error.details["blob"] == "missing":
            self.init(missing, "The server has lost the bytes of \(what): \(error.message)")
        case .blobCorrupt, .integrityFailure, .digestMismatch, .lengthMismatch:
            self.init(changed, "The stored bytes of \(what) do not match their digest: \(error.message)")
        case .notFound, .blobUnknown:
            self.init(missing, "The server does not hold the bytes of \(what) any more.")
        default: return nil
        }
    }

    /// An error that ends a job without a run; nil for those that are about the connection or the server.
    init?(_ error: any Error) {
        switch error {
        case let error as JobObstacle: self = error
        case let error as RecipeRunnerError: self.init(error)
        case let error as SourceProofError: self.init(.sourceMissing, "\(error)")
        case SourceMaterialiserError.cannotWrite, SourceMaterialiserError.gitMissing,
            SourceMaterialiserError.folderNotEmpty:
            // The worker's own trouble: another worker, or this one later, may do better.
            self.init(.executorUnavailable, "\(error)")
        case let error as SourceMaterialiserError: self.init(.sourceMissing, "\(error)")
        case RootError.cannotUnpack: self.init(.executorUnavailable, "\(error)")
        case let error as RootError: self.init(.environmentMissing, "\(error)")
        case PackagesError.cannotUnpack: self.init(.executorUnavailable, "\(error)")
        case let error as PackagesError: self.init(.environmentMissing, "\(error)")
        case let error as ExecutorError: self.init(.executorUnavailable, "\(error)")
        case let error as RegistryError where error.code == .invalidRecipe: self.init(.noRecipe, error.message)
        default: return nil
        }
    }

    private init(_ error: RecipeRunnerError) {
        switch error {
        case .sourceIncomplete: self.init(.sourceIncomplete, "\(error)")
        case .inputMissing: self.init(.inputMissing, "\(error)")
        case .inputMismatch, .inputChanged: self.init(.inputDigestMismatch, "\(error)")
        case .rootMissing: self.init(.environmentMissing, "\(error)")
        case .nothingToEvaluate: self.init(.noRecipe, "\(error)")
        }
    }
}
