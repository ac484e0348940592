package import Foundation
import RegistryTypes

/// Entries one after the other, each behind its length as a big-endian 16-bit number (C2SP tlog-tiles).
package enum EntryBundle {
    /// Joins entries of at most `AuditEntry.maximumSize` bytes.
    package static func encode(_ entries: [Data]) -> Data {
        var bytes = Data(capacity: entries.reduce(0) { $0 + $1.count + 2 })
        for entry in entries {
            bytes.append(UInt8(entry.count >> 8 & 0xFF))
            bytes.append(UInt8(entry.count & 0xFF))
            bytes.append(entry)
        }
        return bytes
    }

    /// The entries of a bundle; nil if the lengths do not fit.
    package static func decode(_ bundle: Data) -> [Data]? {
        var (entries, rest) = ([Data](), bundle[...])
        while !rest.isEmpty {
            guard rest.count >= 2 else { return nil }
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            guard rest.count >= length else { return nil }
            entries.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return entries
    }
}
