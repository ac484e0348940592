import Foundation
import RegistryTypes

/// What stands behind a node of the lineage graph: its kind and the key of its row.
enum LineageKey: Hashable, Sendable {
    case model(version: Int64)
    case dataset(version: Int64)
    case run(RunID)
    case commit(GitCommit)
    case image(Digest)
    case alias(collection: Int64, name: String)
    case reproduction(RunID)

    /// The kinds that edges start from, as queries take them.
    enum Kind: Hashable, Sendable {
        case model, dataset, run, commit, image
    }

    /// What kind of node it is, as queries lead to it.
    var nodeKind: LineageNode.Kind {
        switch self {
        case .model, .dataset: .version
        case .run: .run
        case .commit: .commit
        case .image: .image
        case .alias: .alias
        case .reproduction: .reproduction
        }
    }

    /// The kind and the value that a query looks for; nil where no edge goes on from.
    var origin: (kind: Kind, value: any Sendable)? {
        switch self {
        case .model(let id): (.model, id)
        case .dataset(let id): (.dataset, id)
        case .run(let id): (.run, id.text)
        case .commit(let commit): (.commit, commit.hex)
        case .image(let digest): (.image, Data(digest.bytes))
        case .alias, .reproduction: nil
        }
    }
}
