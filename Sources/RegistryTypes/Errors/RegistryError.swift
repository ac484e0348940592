/// The one error type of Assay: a stable code, a message that says what to do, and structured details.
public struct RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The stable code; `ErrorCode` holds the table of them.
    public let code: ErrorCode
    /// What is wrong with this request and what to do about it.
    public let message: String
    /// Further facts by name, for programs.
    public let details: [String: String]

    /// Makes an error of a code with the message for this occurrence.
    public init(_ code: ErrorCode, _ message: String, details: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }
}
