import Foundation
import NIOSSL

extension NIOSSLCertificate {
    /// The names that it was signed for (RFC 5280 §4.2.1.6), as `URI:spiffe://…` and `DNS:…`; others are left out.
    var names: [String] {
        _subjectAlternativeNames().compactMap { name in
            let text = name.contents.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
            guard let text, !text.isEmpty else { return nil }
            return switch name.nameType {
            case .uri: "URI:\(text)"
            case .dnsName: "DNS:\(text.lowercased())"
            default: nil
            }
        }
    }

    /// Whether it has expired since the connection began.
    var hasExpired: Bool { Date(timeIntervalSince1970: Double(notValidAfter)) < Date() }
}
