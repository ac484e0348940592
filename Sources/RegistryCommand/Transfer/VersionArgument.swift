import RegistryClient
import RegistryTypes

/// A version of a model, or of a dataset with `dataset:` in front, as the command line takes it.
struct VersionArgument: Sendable {
    let kind: CollectionKind
    let reference: VersionReference

    /// Parses `ns/name:12`, `ns/name@sha256:…` or `dataset:ns/name:3`.
    init(_ text: String) throws {
        switch try Reference(text) {
        case .model(let reference): (kind, self.reference) = (.models, reference)
        case .dataset(let reference): (kind, self.reference) = (.datasets, reference)
        case let other: throw RegistryError(.invalidReference, "\(other) is not a version of a model or dataset")
        }
    }
}
