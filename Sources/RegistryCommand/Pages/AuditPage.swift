import RegistryTypes

/// How entries of the audit log are shown.
enum AuditPage {
    /// One line for each entry.
    static func table(_ records: [AuditRecord]) -> TextTable {
        var table = TextTable(["SEQ", "TIME", "ACTOR", "ACTION", "OBJECT"])
        for record in records {
            let entry = record.entry
            table.add([
                entry["seq"]?.int.map { String($0) } ?? "-",
                entry["ts"]?.int.map { Wording.time(Int64($0)) } ?? "-",
                record.actorName ?? entry["actor"]?.string ?? "-", entry["action"]?.string ?? "-",
                entry["object"]?.string ?? "-",
            ])
        }
        return table
    }
}
