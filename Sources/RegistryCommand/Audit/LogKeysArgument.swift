import AuditLog
import Foundation
import RegistryTypes

/// `--vkey`: the key of a log, or a file with one in each line.
struct LogKeysArgument {
    let keys: [VerifierKey]

    /// Reads it; throws `invalid-request` for a text that is neither a key nor a file of them.
    init(_ text: String) throws {
        guard let file = FileManager.default.contents(atPath: text) else {
            keys = [try VerifierKey(text)]
            return
        }
        keys = try String(decoding: file, as: UTF8.self).split(separator: "\n").map { try VerifierKey($0) }
    }
}
