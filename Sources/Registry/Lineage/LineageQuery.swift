import GRDB
import RegistryTypes

/// One kind of edge in one direction: a query that finds all neighbours of a whole level at once.
///
/// The query has `ORIGINS` where the values of the level's nodes go, and answers the columns `origin`, `relation` and
/// those that the neighbour's node is read from. A condition on the caller's rights, if it has one, comes behind them.
struct LineageQuery: Sendable {
    /// The kind of node that the edge is followed from.
    let origin: LineageKey.Kind
    let sql: String
    /// Whether the query has a condition on the caller.
    let asksForRights: Bool
    let neighbour: LineageNode.Kind

    init(
        from origin: LineageKey.Kind, asksForRights: Bool = false, to neighbour: LineageNode.Kind, _ sql: String
    ) {
        self.origin = origin
        self.sql = sql
        self.asksForRights = asksForRights
        self.neighbour = neighbour
    }

    /// The neighbours of a level's nodes, at most `limit`.
    func links(from level: [LineageKey], _ caller: Caller, limit: Int, _ db: Database) throws -> [LineageLink] {
        var keys: [DatabaseValue: LineageKey] = [:]
        for key in level {
            guard let origin = key.origin, origin.kind == self.origin,
                let value = (origin.value as? any DatabaseValueConvertible)?.databaseValue
            else { continue }
            keys[value] = key
        }
        guard !keys.isEmpty else { return [] }
        let marks = databaseQuestionMarks(count: keys.count)
        var arguments = StatementArguments(Array(keys.keys))
        if asksForRights { arguments += [caller.holder] }
        arguments += [limit]
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: sql.replacing("ORIGINS", with: marks) + " LIMIT ?"), arguments: arguments)
        var links: [LineageLink] = []
        while let row = try rows.next() {
            guard let origin = keys[row["origin"]] else { continue }
            links.append(LineageLink(origin: origin, relation: row["relation"], neighbour: try neighbour.node(row)))
        }
        return links
    }
}
