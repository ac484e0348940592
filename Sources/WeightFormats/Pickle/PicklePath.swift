/// Where a value stands in a pickle: `estimators_[3].tree_.values`, `model.hidden.weight`.
struct PicklePath {
    /// The path in words; empty for the whole.
    let text: String
    let depth: Int

    /// The whole pickle.
    static let root = PicklePath(text: "", depth: 0)

    /// The name of a value that is not taken apart.
    var name: String { text.isEmpty ? Tensor.unnamed : text }

    /// An attribute, or an item of a dictionary with a text key; at the top it is the bare name.
    func key(_ name: String) -> PicklePath {
        PicklePath(text: text.isEmpty ? name : "\(text).\(name)", depth: depth + 1)
    }

    /// An element, or an item with a key that is no text.
    func index(_ index: String) -> PicklePath { PicklePath(text: "\(text)[\(index)]", depth: depth + 1) }
}
