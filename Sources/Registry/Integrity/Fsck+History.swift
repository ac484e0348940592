import Foundation
import GRDB
import RegistryTypes

extension Fsck {
    /// How many rows may stand in the log's way before an entry is taken for one without a row.
    private static let look = 1000
    /// The most rows of a history that are named; each is looked up again.
    private static let longestList = 100

    /// Versions, approvals, rejections and the moves of aliases are those of the audit log, in its order: a row that
    /// somebody wrote, changed or took away behind the server's back has no entry, or an entry has no row.
    mutating func checkHistory() throws {
        // Hashes alone, since there may be millions; what is found is read again.
        let (rows, size) = try database.read { db in
            var rows: [RecordedHistory: [Int]] = [:]
            for history in RecordedHistory.allCases {
                rows[history] = try Array(String.fetchCursor(db, sql: history.lines).map(\.hashValue))
            }
            return (rows, try Int64.fetchOne(db, sql: "SELECT count(*) FROM audit_entries") ?? 0)
        }
        var (next, unrecorded): ([RecordedHistory: Int], [RecordedHistory: [Int]]) = ([:], [:])
        let query = "SELECT sequence AS key, entry FROM audit_entries"
        try forEachRow(query, key: "sequence", after: Int64(-1).databaseValue) { fsck, row in
            let sequence: Int64 = try row.checked("key")
            guard sequence < size, let entry = try? JSONParser.parse(row.checked("entry", as: Data.self)),
                let (history, lines) = RecordedHistory.expected(of: entry)
            else { return }
            let keys = lines.map(\.hashValue)
            let (known, start) = (rows[history, default: []], next[history, default: 0])
            guard let place = known[start...].prefix(Self.look).firstIndex(where: keys.contains) else {
                return fsck.find(
                    "audit:\(sequence)", .contradiction, "no row at its place says what it says: \(lines[0])",
                    Self.restoreAdvice)
            }
            unrecorded[history, default: []] += start..<place
            next[history] = place + 1
        }
        for (history, known) in rows {
            try report(unrecorded[history, default: []] + (next[history, default: 0]..<known.count), of: history)
        }
        try checkCompletions()
    }

    /// Names the rows that the log has no entry for.
    private mutating func report(_ places: [Int], of history: RecordedHistory) throws {
        for place in places.prefix(Self.longestList) {
            let line = try database.read { db in
                try String.fetchOne(db, sql: "\(history.lines) LIMIT 1 OFFSET ?", arguments: [place]) ?? ""
            }
            let object = line.split(separator: " ").dropFirst().first ?? ""
            find(
                String(object), .contradiction,
                "no entry of the audit log at its place says what its row says: \(line)",
                Self.restoreAdvice)
        }
        guard places.count > Self.longestList else { return }
        find(
            "audit", .contradiction, "and \(places.count - Self.longestList) rows more have no entry",
            Self.restoreAdvice)
    }

    /// An approved version has the approval that completed what was asked for.
    private mutating func checkCompletions() throws {
        let digests = try database.read { db in
            try Data.fetchAll(
                db,
                sql: """
                    SELECT digest FROM decisions WHERE decision = 'approve' AND NOT EXISTS (
                        SELECT 1 FROM approval_votes AS vote WHERE vote.decision_id = decisions.id
                        AND vote.version_id = decisions.version_id AND voted_by = decided_by AND voted_at = decided_at)
                    """)
        }
        for digest in digests {
            find(
                "version:\(try Digest(bytes: Array(digest)))", .contradiction,
                "it counts as approved, and nobody's approval is recorded that completed it", Self.restoreAdvice)
        }
    }
}
