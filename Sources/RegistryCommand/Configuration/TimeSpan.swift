import RegistryTypes

/// A length of time as people write it: `90s`, `30m`, `24h`, `7d`, or `0`.
package struct TimeSpan: Sendable, Equatable {
    /// The length in milliseconds.
    package let milliseconds: Int64

    /// Parses a length; throws `invalid-request` for anything else, or more than 10,000 days.
    package init(_ text: some StringProtocol) throws {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        let unit = text == "0" ? 1 : text.last.flatMap { units[$0] }
        let digits = text == "0" ? "0" : String(text.dropLast())
        guard let unit, let count = Int64(digits), count >= 0, count <= 10_000 * 86_400_000 / unit else {
            throw RegistryError(
                .invalidRequest, "\"\(text.prefix(40))\" is not a length of time; say 90s, 30m, 24h or 7d")
        }
        milliseconds = count * unit
    }

    /// The same for a clock.
    package var duration: Duration { .milliseconds(milliseconds) }
}
