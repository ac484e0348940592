import GRDB
import RegistryTypes

/// A node together with the key behind it.
struct LineageNode: Sendable {
    let key: LineageKey
    let node: LineageGraph.Node
}

/// A neighbour that a query found: which node it was found from, and how they are related.
struct LineageLink: Sendable {
    let origin: LineageKey
    let relation: String
    let neighbour: LineageNode
}

extension LineageNode {
    /// What a query leads to.
    enum Kind: Hashable, Sendable {
        case version, run, commit, image, alias, reproduction

        /// Reads such a node.
        func node(_ row: Row) throws -> LineageNode {
            switch self {
            case .version: try .version(row)
            case .run: try .run(row)
            case .commit: try .commit(row)
            case .image: try .image(row)
            case .alias: try .alias(row)
            case .reproduction: try .reproduction(row)
            }
        }
    }

    /// The columns of a version, of a query over `versions`, `collections` and `namespaces`.
    static let versionColumns = """
        versions.id AS version_id, versions.number, versions.flags, versions.digest,
        collections.kind AS collection_kind, collections.name, namespaces.name AS namespace,
        (SELECT decision FROM decisions WHERE version_id = versions.id ORDER BY id DESC LIMIT 1) AS decision,
        NOT \(VersionRows.isPresent("versions.id")) AS removed,
        (SELECT group_concat(alias, ' and ') FROM alias_moves AS move
         WHERE move.version_id = versions.id AND override_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM alias_moves AS newer
                            WHERE newer.collection_id = move.collection_id AND newer.alias = move.alias
                                AND newer.id > move.id)) AS overridden
        """

    /// The joins of the same query.
    static let versionJoins = """
        JOIN collections ON collections.id = versions.collection_id
        JOIN namespaces ON namespaces.id = collections.namespace_id
        """

    /// The columns of a run, of a query over `runs`.
    static let runColumns = "runs.id AS run_id, runs.kind AS run_kind, runs.state AS run_state"

    /// A version: models say whether they are approved, datasets their version digest, both if they were removed; first of
    /// all what only an emergency override let point to it.
    static func version(_ row: Row) throws -> LineageNode {
        let kind: CollectionKind = try row.choice("collection_kind")
        let id: Int64 = row["version_id"]
        let emergency = (row["overridden"] as String?).map { ["\($0) BY EMERGENCY OVERRIDE"] } ?? []
        let mark = emergency + (row["removed"] ? ["removed"] : [])
        let name = "\(kind.rawValue):\(try row.qualifiedName()):\(row["number"] as Int)"
        switch kind {
        case .model:
            let state = (row["decision"] as String?).flatMap(Decision.init(rawValue:))?.state ?? .pending
            let flags: [String] = try row.document("flags")
            let label = (mark + [state.rawValue] + flags).joined(separator: ", ")
            return LineageNode(key: .model(version: id), node: .init(id: name, kind: kind.rawValue, label: label))
        case .dataset:
            let label = (mark + [try row.digest("digest").description]).joined(separator: ", ")
            return LineageNode(key: .dataset(version: id), node: .init(id: name, kind: kind.rawValue, label: label))
        }
    }

    /// A run: what it was and how it ended.
    static func run(_ row: Row) throws -> LineageNode {
        let id = try RunID(row["run_id"] as String)
        let label = "\(row["run_kind"] as String), \(row["run_state"] as String)"
        return LineageNode(key: .run(id), node: .init(id: "run:\(id)", kind: "run", label: label))
    }

    /// A commit, with the repository that a run named for it.
    static func commit(_ row: Row) throws -> LineageNode {
        let commit = try GitCommit(row["source_commit"] as String)
        return LineageNode(
            key: .commit(commit), node: .init(id: "commit:\(commit)", kind: "commit", label: row["source_url"] ?? ""))
    }

    /// A container image, with the tag that a run named for it.
    static func image(_ row: Row) throws -> LineageNode {
        let digest = try row.digest("image_digest")
        return LineageNode(
            key: .image(digest), node: .init(id: "image:\(digest)", kind: "image", label: row["image_tag"]))
    }

    /// An alias; a model and a dataset may share a name, hence the kind within.
    static func alias(_ row: Row) throws -> LineageNode {
        let alias: String = row["alias"]
        let id = "alias:\(row["collection_kind"] as String):\(try row.qualifiedName()):\(alias)"
        let label = row["is_overridden"] ? "\(alias) BY EMERGENCY OVERRIDE" : alias
        return LineageNode(
            key: .alias(collection: row["collection_id"], name: alias), node: .init(id: id, kind: "alias", label: label)
        )
    }

    /// A reproduction: of what, and its verdict or how far it is.
    static func reproduction(_ row: Row) throws -> LineageNode {
        let id = try RunID(row["reproduction_id"] as String)
        let outcome = (row["outcome"] as String?) ?? row["reproduction_state"]
        let variation = (row["variation"] as String?).map { " with \($0)" } ?? ""
        let subject = "\(try row.qualifiedName()):\(row["number"] as Int)\(variation)"
        let label = "\(row["reproduction_kind"] as String) of \(subject): \(outcome)"
        return LineageNode(
            key: .reproduction(id), node: .init(id: "reproduction:\(id)", kind: "reproduction", label: label))
    }
}
