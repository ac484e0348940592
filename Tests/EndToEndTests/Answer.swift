import Foundation
import RegistryTypes

/// What the server answered to a request.
struct Answer: Sendable {
    /// The status, 0 if there was no answer.
    let status: Int
    let body: Data

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    var json: JSONValue { get throws { try JSONParser.parse(body) } }

    /// The code of a problem document, or nil.
    var code: String? { (try? json)?["code"]?.string }

    /// The sentence of a problem document, or nil.
    var detail: String? { (try? json)?["detail"]?.string }
}
