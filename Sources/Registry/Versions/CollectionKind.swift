/// What a name names: the two kinds share the rules of versions and aliases.
package enum CollectionKind: String, Sendable, CaseIterable {
    case model
    case dataset
}
