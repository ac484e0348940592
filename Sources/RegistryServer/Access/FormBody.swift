import Foundation
import NIOCore

/// The fields of an `application/x-www-form-urlencoded` body, each at most once.
struct FormBody {
    private let fields: [String: String]

    /// Parses a form; throws a `TokenExchangeRefusal` for another type, a field that stands twice (RFC 6749 §3.2) or an
    /// encoding that is none.
    init(_ body: ByteBuffer, type: String?) throws {
        let essence = type?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased()
        guard essence == "application/x-www-form-urlencoded" else {
            throw TokenExchangeRefusal("invalid_request", "the body has to be application/x-www-form-urlencoded")
        }
        var fields: [String: String] = [:]
        for pair in String(buffer: body).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : "") else {
                throw TokenExchangeRefusal("invalid_request", "the form is not percent-encoded UTF-8")
            }
            guard fields.updateValue(value, forKey: name) == nil else {
                throw TokenExchangeRefusal("invalid_request", "a field of the form stands twice")
            }
        }
        self.fields = fields
    }

    /// The value of a field.
    subscript(name: String) -> String? { fields[name] }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
