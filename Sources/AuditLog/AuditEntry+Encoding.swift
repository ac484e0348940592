package import Foundation
import RegistryTypes

extension AuditEntry {
    /// The largest encoded entry: tile bundles use 16-bit lengths (C2SP tlog-tiles).
    package static let maximumSize = 65_535

    /// The canonical bytes of the entry at its place in the log.
    ///
    /// Throws `payload-too-large` for an entry beyond `maximumSize`.
    package func encode(sequence: Int64, context: AuditContext) throws -> Data {
        var members: [String: JSONValue] = [
            "v": 1, "seq": .integer(sequence), "ts": .integer(context.time), "actor": .string(context.actor),
            "auth": .string(context.authentication), "request": .string(context.requestID),
            "action": .string(action), "object": .string(object),
        ]
        members["namespace"] = namespace.map(JSONValue.string)
        members["digest"] = digest.map { .string($0.description) }
        members["before"] = before
        members["after"] = after
        let bytes = try JSONValue.object(members).canonicalBytes()
        guard bytes.count <= Self.maximumSize else {
            throw RegistryError(.payloadTooLarge, "an audit entry has at most \(Self.maximumSize) bytes")
        }
        return bytes
    }
}
