/// The one error type of Assay: a stable code, a message that says what to do, and structured details.
public struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The stable code; `ErrorCode` holds the table of them.
    public let code: ErrorCode
    /// What is wrong with this request and what to do about it.
    public let message: String
    /// Further facts by name, for programs.
    public let details: [String: String]
    /// What was refused behind a `not-found`, so that who asks learns nothing while the audit log records it.
    private let hidden: ErrorCode?

    /// Makes an error of a code with the message for this occurrence.
    public init(_ code: ErrorCode, _ message: String, details: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.details = details
        hidden = nil
    }

    /// An error that is told as if the thing did not exist, and recorded as `forbidden`.
    package init(hiding message: String) {
        code = .notFound
        self.message = message
        details = [:]
        hidden = .forbidden
    }

    /// Whether it says that somebody who is known was not allowed to: the audit log records it.
    package var isRefusal: Bool { refusalCode.isRefusal }

    /// The code that the audit log records.
    package var refusalCode: ErrorCode { hidden ?? code }

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }
}
