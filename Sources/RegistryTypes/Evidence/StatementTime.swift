import Foundation

/// Times in statements: RFC 3339 in UTC, with milliseconds.
package enum StatementTime {
    /// The text for UTC milliseconds, `2026-01-02T03:04:05.678Z`.
    package static func text(_ milliseconds: Int64) -> String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let whole = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
        return "\(whole.dropLast()).\(String(rest + 1000).dropFirst())Z"
    }

    /// The UTC milliseconds of such a text; nil for any other.
    package static func milliseconds(_ text: String) -> Int64? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return (try? style.parse(text)).map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
    }
}
