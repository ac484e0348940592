package import Foundation

/// The address of a webhook, which can hold a secret of its receiver: only `place` may be logged.
package enum WebhookAddress {
    /// The longest address, in bytes.
    package static let longest = 2000

    /// Parses an address; throws `invalid-request` for what is none, or holds a password.
    package static func parse(_ text: String) throws -> URL {
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["https", "http"].contains(scheme),
            let host = url.host(percentEncoded: false), !host.isEmpty
        else {
            throw RegistryError(
                .invalidRequest,
                "the url of a webhook is https://host/path, of at most \(longest) printable ASCII characters")
        }
        guard url.user == nil, url.password == nil else {
            throw RegistryError(
                .invalidRequest,
                "the url of a webhook holds no user and password; its receiver checks the signature of messages instead"
            )
        }
        guard url.fragment == nil else {
            throw RegistryError(.invalidRequest, "the url of a webhook has no #fragment: it would never be sent")
        }
        return url
    }

    /// What of an address may be told to everybody: scheme, host and port.
    package static func place(_ text: String) -> String {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host() else { return "?" }
        return "\(scheme.lowercased())://\(host)" + (url.port.map { ":\($0)" } ?? "")
    }
}
