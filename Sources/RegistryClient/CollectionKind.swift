/// What has versions: the first component of many routes.
public enum CollectionKind: String, Sendable, CaseIterable {
    case models, datasets
}
