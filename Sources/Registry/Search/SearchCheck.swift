import GRDB
import RegistryTypes

/// Looks which candidates fulfil all conditions of a search and lie where the caller may read.
///
/// Prepared once for all stretches of a walk, and not kept beyond: there are more ways to put conditions together than
/// statements to keep.
struct SearchCheck {
    private let statement: Statement
    /// What stands for the question marks between those of the place and the limit.
    private let arguments: StatementArguments

    /// Prepares it for stretches that are lists of ids, or for those in which every id is a candidate.
    init(_ query: SearchQuery, _ caller: Caller, ofLists isList: Bool, _ db: Database) throws {
        let conditions = query.terms.map(\.condition)
        let place =
            isList
            ? "version_id IN (SELECT value FROM json_each(?))" : "version_id < ? AND version_id >= ?"
        statement = try db.makeStatement(
            sql: """
                SELECT version_id FROM version_places AS version
                CROSS JOIN collections ON collections.id = version.collection_id
                CROSS JOIN namespaces ON namespaces.id = collections.namespace_id
                WHERE \(place) AND collections.kind = ?
                    AND \(conditions.map(\.text).joined(separator: " AND "))
                    AND \(Authorization.conditionOnMany(.readMetadata, "collections.namespace_id"))
                ORDER BY version_id DESC LIMIT ?
                """)
        var arguments: StatementArguments = [query.kind.rawValue]
        for condition in conditions { arguments += condition.arguments }
        arguments += [caller.holder, caller.holder]
        self.arguments = arguments
    }

    /// The ids of a stretch below another id that fulfil all conditions, newest first.
    func matches(in chunk: SearchCandidates.Chunk, below before: Int64, atMost limit: Int) throws -> [Int64] {
        let place: StatementArguments =
            if let ids = chunk.ids {
                ["[\(ids.map(String.init).joined(separator: ","))]"]
            } else {
                [before, chunk.end ?? 0]
            }
        return try Int64.fetchAll(statement, arguments: place + arguments + [limit])
    }
}
