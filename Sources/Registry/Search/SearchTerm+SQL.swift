import GRDB
import RegistryTypes

/// A piece of SQL and what stands for its question marks.
struct SearchSQL {
    let text: String
    let arguments: StatementArguments

    init(_ text: String, _ arguments: any DatabaseValueConvertible...) {
        self.init(text: text, arguments: StatementArguments(arguments))
    }

    init(text: String, arguments: StatementArguments) {
        self.text = text
        self.arguments = arguments
    }
}

extension SearchTerm {
    /// The condition, of a query over `version`, a row of `version_places`, `collections` and `namespaces`; a few look-ups for each
    /// version.
    var condition: SearchSQL {
        switch self {
        case .name(let part):
            SearchSQL("instr(lower(namespaces.name || '/' || collections.name), ?) > 0", part)
        case .alias(let alias):
            SearchSQL(
                """
                version.version_id = (SELECT version_id FROM alias_moves
                                      WHERE collection_id = version.collection_id AND alias = ? ORDER BY id DESC LIMIT 1)
                """, alias.text)
        case .commit(let prefix):
            SearchSQL(
                """
                EXISTS (SELECT 1 FROM versions JOIN runs ON runs.id = versions.run_id
                        WHERE versions.id = version.version_id AND source_commit >= ? AND source_commit < ?)
                """, prefix, prefix + "g")
        case .flag(let flag):
            SearchSQL(
                "EXISTS (SELECT 1 FROM versions WHERE id = version.version_id AND instr(flags, ?) > 0)",
                "\"\(flag)\"")
        case .approval(let state):
            SearchSQL(
                """
                ? = coalesce((SELECT decision FROM decisions WHERE version_id = version.version_id ORDER BY id DESC LIMIT 1), '')
                """, state.decision?.rawValue ?? "")
        case .metric(let name, let comparison, let value):
            SearchSQL(
                """
                EXISTS (SELECT 1 FROM version_metrics
                        WHERE version_id = version.version_id AND name = ? AND value \(comparison.rawValue) ?)
                """, name, value)
        }
    }

    /// The versions in some namespaces, nil for all, among which are all that fulfil the condition, read off an index;
    /// nil where there is none.
    func candidates(in namespaces: [Int64]?) -> SearchCandidates? {
        switch self {
        case .name(let part):
            // The index holds three letters at a time.
            guard part.utf8.count >= 3 else { return nil }
            let place = namespaces.map { "AND namespace_id IN (\(SearchCandidates.list($0)))" } ?? ""
            return .query(
                SearchSQL(
                    """
                    SELECT versions.id AS version_id FROM collection_names
                    CROSS JOIN collections ON collections.id = collection_names.rowid \(place)
                    CROSS JOIN versions ON versions.collection_id = collections.id
                    WHERE collection_names MATCH ?
                    """, "\"\(part)\""))
        case .commit(let prefix):
            return .query(
                SearchSQL(
                    "SELECT version_id FROM version_commits WHERE source_commit >= ? AND source_commit < ?",
                    prefix, prefix + "g")
            ).inNamespaces(namespaces)
        case .metric(let name, let comparison, let value):
            return .query(
                SearchSQL(
                    "SELECT version_id FROM version_metrics WHERE name = ? AND value \(comparison.rawValue) ?",
                    name, value)
            ).inNamespaces(namespaces)
        case .alias, .flag, .approval: return orderedCandidates?.inNamespaces(namespaces)
        }
    }

    /// The same where the index has the versions in their order, so that a walk costs no more than it looks at.
    var orderedCandidates: SearchCandidates? {
        switch self {
        case .alias(let alias):
            .query(
                SearchSQL(
                    "SELECT version_id FROM alias_moves WHERE alias = ? AND version_id IS NOT NULL", alias.text))
        case .flag: .query(SearchSQL("SELECT id AS version_id FROM versions WHERE flags <> '[]'"))
        case .approval(let state):
            state.decision.map {
                .query(SearchSQL("SELECT version_id FROM decisions WHERE decision = ?", $0.rawValue))
            }
        case .name, .commit, .metric: nil
        }
    }
}

extension ApprovalState {
    /// The decision that leads to the state; nil where none was taken.
    fileprivate var decision: Decision? { Decision.allCases.first { $0.state == self } }
}
