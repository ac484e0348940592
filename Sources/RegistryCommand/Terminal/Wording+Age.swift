import Foundation

extension Wording {
    /// The present, in UTC milliseconds.
    package static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// `just now`, `5 minutes ago`, `1 hour ago`, `12 days ago`.
    package static func age(of time: Int64, at now: Int64) -> String {
        let seconds = max(0, now - time) / 1000
        let (count, unit) =
            switch seconds {
            case ..<60: (Int64(0), "")
            case ..<3600: (seconds / 60, "minute")
            case ..<(2 * 86_400): (seconds / 3600, "hour")
            default: (seconds / 86_400, "day")
            }
        return count == 0 ? "just now" : "\(count) \(unit)\(count == 1 ? "" : "s") ago"
    }

    /// How old a verdict is, and whether it is stale: `12 days ago, stale`.
    package static func age(of verdict: Int64, staleAt: Int64?, at now: Int64) -> String {
        age(of: verdict, at: now) + (staleAt.map { $0 <= now } == true ? ", stale" : "")
    }

    /// The same with times: `12 days ago (2026-03-03 14:05:09Z), stale since 2026-03-10 14:05:09Z`.
    package static func datedAge(of verdict: Int64, staleAt: Int64?, at now: Int64) -> String {
        let stale =
            staleAt.map { $0 <= now ? ", stale since \(time($0))" : ", stale from \(time($0)) on" } ?? ""
        return "\(age(of: verdict, at: now)) (\(time(verdict)))\(stale)"
    }
}
