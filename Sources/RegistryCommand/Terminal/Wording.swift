import Foundation
package import RegistryTypes

/// How numbers and times are written for people; always the same, whatever the locale.
package enum Wording {
    /// `0 B`, `1.5 KiB`, `3.2 GiB`.
    package static func bytes(_ count: Int64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] where value >= 1024 {
            value /= 1024
            unit = next
        }
        let tenths = (value * 10).rounded() / 10
        return tenths >= 100 ? "\(Int(value.rounded())) \(unit)" : "\(tenths) \(unit)"
    }

    /// `2026-03-03 14:05:09Z`, from UTC milliseconds.
    package static func time(_ milliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: (Double(milliseconds) / 1000).rounded(.down))
        let text = date.formatted(.iso8601)
        return text.replacing("T", with: " ")
    }

    /// `0.4 s`, `12.0 s`, `3 min 20 s`.
    package static func duration(milliseconds: Int64) -> String {
        let seconds = Double(milliseconds) / 1000
        guard seconds >= 60 else { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int(seconds.rounded())
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// The shortest form that reads back as the same number; whole numbers without a point.
    package static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
    }

    /// About three digits, for distances: `2.2e-16`, `0.0123`.
    package static func rough(_ value: Double) -> String {
        if value == 0 { return "0" }
        let magnitude = value.magnitude
        return magnitude >= 1e-3 && magnitude < 1e5
            ? trimmed(String(format: "%.4g", value)) : trimmed(String(format: "%.2e", value))
    }

    /// A metric's value, or the word for one that is not finite.
    package static func metric(_ metric: Metric) -> String {
        metric.value.map(number) ?? metric.class.rawValue
    }

    /// Words in a row, or a dash for none.
    package static func list(_ words: [String]) -> String { words.isEmpty ? "-" : words.joined(separator: " ") }

    /// The first 12 hexadecimal digits.
    package static func short(_ digest: Digest) -> String { String(digest.hex.prefix(12)) }

    private static func trimmed(_ text: String) -> String {
        let parts = text.split(separator: "e", maxSplits: 1)
        guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
        return "\(parts[0])e\(exponent)"
    }
}
