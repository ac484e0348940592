import GRDB
import RegistryTypes

/// A history that has its rows in tables of its own and its entries in the audit log: both say the same, in one order.
///
/// Each happening is one line on either side, such as `version.approve model:a/m:1 <digest> <actor> <time>`.
enum RecordedHistory: CaseIterable {
    case versions, approvals, endings, aliases

    /// The lines of the rows, in the order in which they were written.
    var lines: String {
        let version = "kind || ':' || namespaces.name || '/' || collections.name || ':' || number"
        let collections = """
            JOIN collections ON collections.id = versions.collection_id JOIN namespaces ON namespaces.id = collections.namespace_id
            """
        return switch self {
        case .versions:
            """
            SELECT 'version.create ' || \(version) || ' ' || lower(hex(versions.digest)) || ' '
                || versions.created_by || ' ' || versions.created_at
            FROM versions \(collections) ORDER BY versions.id
            """
        case .approvals:
            """
            SELECT 'version.approve ' || \(version) || ' ' || lower(hex(versions.digest)) || ' ' || voted_by || ' ' || voted_at
                || iif(decision_id IS NULL, '', ' \(Self.completing)')
            FROM approval_votes JOIN versions ON versions.id = version_id \(collections) ORDER BY approval_votes.id
            """
        case .endings:
            """
            SELECT 'version.' || decision || ' ' || \(version) || ' ' || lower(hex(decisions.digest)) || ' '
                || decided_by || ' ' || decided_at
            FROM decisions JOIN versions ON versions.id = version_id \(collections)
            WHERE decision <> 'approve' ORDER BY decisions.id
            """
        case .aliases:
            """
            SELECT iif(is_rollback, 'alias.rollback ', 'alias.move ')
                || kind || ':' || namespaces.name || '/' || collections.name || ':' || alias || ' '
                || iif(version_id IS NULL, '-', lower(hex(versions.digest))) || ' ' || moved_by || ' ' || moved_at
            FROM alias_moves LEFT JOIN versions ON versions.id = version_id
            JOIN collections ON collections.id = alias_moves.collection_id
            JOIN namespaces ON namespaces.id = collections.namespace_id ORDER BY alias_moves.id
            """
        }
    }

    /// What the line of an approval ends with that made a decision.
    private static let completing = "completing"

    /// The history that an entry of the log belongs to, and the lines that its row may have; nil for all other entries.
    static func expected(of entry: JSONValue) -> (history: RecordedHistory, lines: [String])? {
        guard let action = entry["action"]?.string, let object = entry["object"]?.string,
            let actor = entry["actor"]?.string, let time = entry["ts"]?.int
        else { return nil }
        let digest = entry["digest"]?.string?.split(separator: ":").last ?? "-"
        let line = "\(action) \(object) \(digest) \(actor) \(time)"
        switch action {
        case "version.create": return (.versions, [line])
        case "version.reject", "version.withdraw": return (.endings, [line])
        case "version.approve":
            // Who approves what is approved already completes nothing.
            let isPart = entry["after"]?["isComplete"]?.bool == false
            return (.approvals, isPart ? [line] : [line, "\(line) \(completing)"])
        case "alias.move", "alias.rollback":
            // An alias that pointed there before was not moved.
            return entry["before"] ?? .null == entry["after"] ?? .null ? nil : (.aliases, [line])
        default: return nil
        }
    }
}
