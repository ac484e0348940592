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

    /// The error in a word for programs: an error code, `usage`, `interrupted` or `failure`; nil where there is none.
    package let name: String?
    /// Further facts by name, for programs.
    package let details: [String: String]

    private init(
        _ code: Int32, _ message: String, as name: String?, details: [String: String] = [:], isAnswer: Bool = false
    ) {
        self.code = code
        self.message = message
        self.name = name
        self.details = details
        self.isAnswer = isAnswer
    }

    private init(_ code: ErrorCode, _ message: String, details: [String: String] = [:]) {
        self.init(code.exitCode, "assay: \(message)", as: code.rawValue, details: details)
    }

    /// Maps an error.
    package init(_ error: any Error) {
        switch error {
        case let error as RegistryError: self.init(error.code, error.message, details: error.details)
        case let error as RecipeRunnerError: self.init(Self.code(error), "\(error)")
        case let error as RootError: self.init(.notVerifiable, "\(error)")
        case let error as PackagesError: self.init(.notVerifiable, "\(error)")
        case let error as ExecutorError: self.init(Self.code(error), "\(error)")
        case let error as SourceMaterialiserError: self.init(1, "assay: \(error)", as: Self.failure)
        case let error as SourceProofError: self.init(.sourceNotProven, "\(error)")
        case let error as GitCaptureError: self.init(1, "assay: \(error)", as: Self.failure)
        case is CancellationError: self.init(Self.interrupted, "assay: interrupted", as: "interrupted")
        default: self.init(parsing: error)
        }
    }

    private static let failure = "failure"

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
            as: parsed.isSuccess || error is ExitCode ? nil : parsed == .validationFailure ? "usage" : Self.failure,
            isAnswer: parsed.isSuccess)
    }

    private static func code(_ error: RecipeRunnerError) -> ErrorCode {
        switch error {
        case .sourceIncomplete: .sourceIncomplete
        case .inputMissing, .rootMissing, .nothingToEvaluate: .notVerifiable
        case .inputMismatch, .inputChanged: .integrityFailure
        }
    }

    private static func code(_ error: ExecutorError) -> ErrorCode {
        switch error {
        case .invalidRequest: .invalidRequest
        case .sandboxFailed: .sandboxUnavailable
        }
    }

    /// What `--json` prints on standard error instead of the message: one line, one object.
    package var document: String? {
        guard let name else { return nil }
        let sentence = message.hasPrefix("assay: ") ? String(message.dropFirst("assay: ".count)) : message
        let error: JSONValue = [
            "code": .string(name), "message": .string(sentence), "exit": .integer(code),
            "details": .object(details.mapValues(JSONValue.string)),
        ]
        return (try? JSONValue.object(["error": error]).canonicalBytes()).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Prints the message, as JSON if that was asked for, and ends the process.
    func end(asJSON: Bool) -> Never {
        if asJSON, let document {
            try? FileHandle.standardError.write(contentsOf: Data((PlainText.clean(document) + "\n").utf8))
        } else if !message.isEmpty {
            let stream = isAnswer ? FileHandle.standardOutput : FileHandle.standardError
            try? stream.write(contentsOf: Data((PlainText.clean(message) + "\n").utf8))
        }
        exit(code)
    }
}
