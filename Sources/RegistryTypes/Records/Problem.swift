/// An RFC 9457 problem document.
public struct Problem: Codable, Sendable {
    public var type: String
    public var title: String
    public var status: Int
    public var detail: String
    public var code: String
    public var details: [String: String]?
    public var requestID: String?

    /// Describes an error.
    public init(_ error: RegistryError, requestID: String?) {
        type = "urn:assay:error:" + error.code.rawValue
        title = error.code.title
        status = error.code.status
        detail = error.message
        code = error.code.rawValue
        details = error.details.isEmpty ? nil : error.details
        self.requestID = requestID
    }
}
