import Foundation

/// A moment that has been: a time of ISO 8601 with its zone, or how long ago it was.
public struct PastTime: Hashable, Sendable {
    /// UTC milliseconds since 1970.
    public let milliseconds: Int64

    /// Parses `2026-03-03T12:00:00Z`, the same with fractions or an offset, `2026-03-03` for the end of that day in UTC,
    /// or `90s`, `30m`, `24h`, `7d` ago.
    ///
    /// Throws `invalid-request` for anything else, and for the future.
    public init(_ text: String, now: Int64) throws {
        guard let time = Self.ago(text, now: now) ?? Self.day(text) ?? Self.moment(text) else {
            throw RegistryError(
                .invalidRequest,
                "\"\(text.prefix(40))\" is no time; write 2026-03-03T12:00:00Z, 2026-03-03, or 7d for seven days ago")
        }
        // The end of today is asked for as today.
        let isToday = Self.day(text) == time && time - now < 86_400_000 && time >= now
        guard time <= now || isToday else {
            throw RegistryError(.invalidRequest, "\(text.prefix(40)) lies in the future; nobody knows yet what will be")
        }
        milliseconds = min(time, now)
    }

    private static func ago(_ text: String, now: Int64) -> Int64? {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count <= 10_000 * 86_400_000 / unit
        else { return nil }
        return now - count * unit
    }

    private static func day(_ text: String) -> Int64? {
        guard text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil, let start = moment(text + "T00:00:00Z") else {
            return nil
        }
        return start + 86_400_000 - 1
    }

    private static func moment(_ text: String) -> Int64? {
        guard
            text.wholeMatch(
                of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})/)
                != nil
        else { return nil }
        let plain = Date.ISO8601FormatStyle()
        let date =
            (try? plain.parse(text))
            ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
        return date.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
    }
}
