import Foundation
import GRDB
import RegistryTypes

/// Events, as the rows of the audit log are read for others.
enum EventRows {
    /// What of an entry decides who is told of it.
    struct Glance {
        let type: String
        let namespace: Int64?
    }

    /// A part of the log that was looked through.
    struct Part: Sendable {
        var events: [RegistryEvent] = []
        /// The entry that was looked at last.
        var next: Int64
        var hasMore = false
    }

    private static let beginning = Data(#"{"action":""#.utf8)

    /// Looks through the entries behind a sequence number, of one namespace or of all, until so many are wanted or were
    /// looked at.
    static func scan(
        of namespace: Int64?, after sequence: Int64, most: Int, entries: Int, _ db: Database,
        wants: (Glance) throws -> Bool
    ) throws -> Part {
        let rows = try AuditTrail.rows(of: namespace, after: sequence, limit: entries + 1, db)
        let end = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(sequence) FROM audit_entries")) ?? -1
        var part = Part(next: max(end, sequence))
        for (index, row) in rows.enumerated() {
            guard index < entries, part.events.count < most else {
                part.next = rows[index - 1]["sequence"]
                part.hasMore = true
                break
            }
            let entry: Data = row["entry"]
            guard try wants(Glance(type: type(of: entry), namespace: row["namespace_id"])) else { continue }
            part.events.append(
                try RegistryEvent(entry: try JSONParser.parse(entry), leaf: try row.digest("leaf")))
        }
        return part
    }

    /// The action of an entry: its canonical JSON begins with it.
    private static func type(of entry: Data) -> String {
        guard entry.starts(with: beginning) else { return "" }
        return String(decoding: entry.dropFirst(beginning.count).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }
}
