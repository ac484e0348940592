import RegistryTypes
import Reproduction

/// Why a job could not be carried out at all, in the contract's words; says nothing against the version.
struct JobObstacle: Error {
    /// `source-missing`, `input-digest-mismatch`, `executor-unavailable`, …
    let reason: String
    /// The reason in a sentence.
    let explanation: String

    private init(_ reason: String, _ explanation: String) {
        self.reason = reason
        self.explanation = explanation
    }

    /// No sandbox works.
    init(noExecutorAmong probes: [ExecutorProbe]) {
        let reasons = probes.compactMap { probe in probe.failure.map { "\(probe.executor): \($0.advice)" } }
        self.init("executor-unavailable", (["No sandbox works on the worker."] + reasons).joined(separator: " "))
    }

    /// Bytes that the specification names are not there or not what they were; nil for anything else.
    init?(fetching what: String, missing: String, _ error: RegistryError) {
        switch error.code {
        case .blobCorrupt where error.details["blob"] == "missing":
            self.init(missing, "The server has lost the bytes of \(what): \(error.message)")
        case .blobCorrupt, .integrityFailure, .digestMismatch, .lengthMismatch:
            self.init(
                "input-digest-mismatch", "The stored bytes of \(what) do not match their digest: \(error.message)")
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
        case let error as SourceProofError: self.init("source-missing", "\(error)")
        case SourceMaterialiserError.cannotWrite, SourceMaterialiserError.gitMissing,
            SourceMaterialiserError.folderNotEmpty:
            // The worker's own trouble: another worker, or this one later, may do better.
            self.init("executor-unavailable", "\(error)")
        case let error as SourceMaterialiserError: self.init("source-missing", "\(error)")
        case RootError.cannotUnpack: self.init("executor-unavailable", "\(error)")
        case let error as RootError: self.init("environment-missing", "\(error)")
        case PackagesError.cannotUnpack: self.init("executor-unavailable", "\(error)")
        case let error as PackagesError: self.init("environment-missing", "\(error)")
        case let error as ExecutorError: self.init("executor-unavailable", "\(error)")
        case let error as RegistryError where error.code == .invalidRecipe: self.init("no-recipe", error.message)
        default: return nil
        }
    }

    private init(_ error: RecipeRunnerError) {
        switch error {
        case .sourceIncomplete: self.init("source-incomplete", "\(error)")
        case .inputMissing: self.init("input-missing", "\(error)")
        case .inputMismatch, .inputChanged: self.init("input-digest-mismatch", "\(error)")
        case .rootMissing: self.init("environment-missing", "\(error)")
        case .nothingToEvaluate: self.init("no-recipe", "\(error)")
        }
    }
}
