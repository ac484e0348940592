import Foundation
import RegistryTypes

/// What a worker says of its machine.
enum HostLabels {
    /// `arch` and `os`, and above them what was given as `name=value`; throws `invalid-request` for anything else.
    static func merged(with given: [String]) throws -> [String: String] {
        var labels = own
        for text in given {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw RegistryError(.invalidRequest, "\"\(text)\" is no label: use name=value, as in gpu=a100")
            }
            labels[parts[0]] = parts[1]
        }
        try ClaimJob(labels: labels).check()
        return labels
    }

    private static var own: [String: String] {
        var names = utsname()
        guard uname(&names) == 0 else { return [:] }
        return ["arch": text(&names.machine), "os": text(&names.sysname).lowercased()]
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
