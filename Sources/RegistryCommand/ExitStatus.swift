import ArgumentParser
import Foundation
import RegistryTypes
import Reproduction

/// The one place where an error becomes a message and an exit code (contract: "Exit codes of the CLI").
package struct ExitStatus: Equatable {
    /// What the process ends with.
    package let code: Int32
    /// What is written to standard error, or to standard output where help was asked for; may be empty.
    package let message: String
    /// Whether the message is what the user asked for, not a complaint.
    package let isAnswer: Bool

    private init(_ code: Int32, _ message: String, isAnswer: Bool = false) {
        self.code = code
        self.message = message
        self.isAnswer = isAnswer
    }

    /// Maps an error.
    package init(_ error: any Error) {
        switch error {
        case let error as RegistryError: self.init(error.code.exitCode, "assay: \(error.message)")
        case let error as RecipeRunnerError: self.init(Self.code(error), "assay: \(error)")
        case let error as RootError: self.init(2, "assay: \(error)")
        case let error as ExecutorError: self.init(Self.code(error), "assay: \(error)")
        case let error as SourceMaterialiserError: self.init(1, "assay: \(error)")
        case let error as SourceProofError: self.init(ErrorCode.sourceNotProven.exitCode, "assay: \(error)")
        case let error as GitCaptureError: self.init(1, "assay: \(error)")
        case is CancellationError: self.init(Self.interrupted, "assay: interrupted")
        default: self.init(parsing: error)
        }
    }

    /// The shell's own code for a program that Ctrl-C ended.
    package static let interrupted: Int32 = 130

    /// What argument-parser threw: help, a bare exit code, a usage error, or somebody else's error on its way through.
    private init(parsing error: any Error) {
        let parsed = AssayCommand.exitCode(for: error)
        let isOurs = parsed.isSuccess || parsed == .validationFailure || error is ExitCode
        // sysexits' EX_USAGE is argument-parser's habit; the contract says 1.
        self.init(
            parsed == .validationFailure ? 1 : parsed.rawValue,
            isOurs ? AssayCommand.fullMessage(for: error) : "assay: \(error.localizedDescription)",
            isAnswer: parsed.isSuccess)
    }

    private static func code(_ error: RecipeRunnerError) -> Int32 {
        switch error {
        case .sourceIncomplete, .inputMissing, .rootMissing, .nothingToEvaluate: 2
        case .inputMismatch, .inputChanged: 5
        }
    }

    private static func code(_ error: ExecutorError) -> Int32 {
        switch error {
        case .invalidRequest: 1
        case .sandboxFailed: ErrorCode.sandboxUnavailable.exitCode
        }
    }

    /// Prints the message and ends the process.
    func end() -> Never {
        if !message.isEmpty {
            let stream = isAnswer ? FileHandle.standardOutput : FileHandle.standardError
            try? stream.write(contentsOf: Data((PlainText.clean(message) + "\n").utf8))
        }
        exit(code)
    }
}
