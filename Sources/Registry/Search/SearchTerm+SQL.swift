import GRDB
import RegistryTypes

/// A piece of SQL and what stands for its question marks.
struct SearchSQL {
    let text: String
    let arguments: StatementArguments

    init(_ text: String, _ arguments: any DatabaseValueConvertible...) {
        self.text = text
        self.arguments = StatementArguments(arguments)
    }
}

extension SearchTerm {
    /// The condition, of a query over `versions`, `collections` and `namespaces`; a few look-ups for each version.
    var condition: SearchSQL {
        switch self {
        case .name(let part):
            SearchSQL("instr(lower(namespaces.name || '/' || collections.name), ?) > 0", part)
        case .alias(let alias):
            SearchSQL(
                """
                versions.id = (SELECT version_id FROM alias_moves
                               WHERE collection_id = versions.collection_id AND alias = ? ORDER BY id DESC LIMIT 1)
                """, alias.text)
        case .commit(let prefix):
            SearchSQL(
                """
                EXISTS (SELECT 1 FROM runs WHERE id = versions.run_id AND source_commit >= ? AND source_commit < ?)
                """, prefix, prefix + "g")
        case .flag(let flag):
            SearchSQL("versions.flags <> '[]' AND instr(versions.flags, ?) > 0", "\"\(flag)\"")
        case .approval(let state):
            SearchSQL(
                """
                ? = coalesce((SELECT decision FROM decisions WHERE version_id = versions.id ORDER BY id DESC LIMIT 1), '')
                """, state.decision?.rawValue ?? "")
        case .metric(let name, let comparison, let value):
            // The plus keeps SQLite from looking through all runs' values for those of one run.
            SearchSQL(
                """
                EXISTS (SELECT 1 FROM metrics
                        WHERE run_id = versions.run_id AND name = ? AND +value \(comparison.rawValue) ?
                            AND step = (SELECT max(step) FROM metrics AS newer
                                        WHERE newer.run_id = metrics.run_id AND newer.name = metrics.name))
                """, name, value)
        }
    }

    /// A query for the ids of versions among which are all that fulfil the condition, read off an index; nil where there
    /// is none.
    var candidates: SearchSQL? {
        switch self {
        case .name(let part):
            // The index holds three letters at a time.
            guard part.utf8.count >= 3 else { return nil }
            return SearchSQL(
                """
                SELECT versions.id FROM collection_names CROSS JOIN versions ON collection_id = collection_names.rowid
                WHERE collection_names MATCH ?
                """, "\"\(part)\"")
        case .alias(let alias):
            return SearchSQL(
                "SELECT version_id FROM alias_moves WHERE alias = ? AND version_id IS NOT NULL", alias.text)
        case .commit(let prefix):
            return SearchSQL(
                """
                SELECT versions.id FROM runs CROSS JOIN versions ON versions.run_id = runs.id
                WHERE source_commit >= ? AND source_commit < ?
                """, prefix, prefix + "g")
        case .flag:
            return SearchSQL("SELECT id FROM versions WHERE flags <> '[]'")
        case .approval(let state):
            return state.decision.map {
                SearchSQL("SELECT version_id FROM decisions WHERE decision = ?", $0.rawValue)
            }
        case .metric(let name, let comparison, let value):
            return SearchSQL(
                """
                SELECT versions.id FROM metrics CROSS JOIN versions ON versions.run_id = metrics.run_id
                WHERE metrics.name = ? AND value \(comparison.rawValue) ?
                """, name, value)
        }
    }
}

extension ApprovalState {
    /// The decision that leads to the state; nil where none was taken.
    fileprivate var decision: Decision? { Decision.allCases.first { $0.state == self } }
}
