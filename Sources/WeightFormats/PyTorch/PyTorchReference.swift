import RegistryTypes

/// What a pickle of PyTorch says about a storage: `("storage", class, key, device, number of elements)`.
///
/// Older files add a sixth part about a view, which is read only if it is none.
struct PyTorchReference {
    let key: String
    let count: Int
    /// The type of the elements; bytes for a storage without one.
    let dtype: ElementType

    /// Understands a persistent id; nil if it is none of a storage that is read.
    init?(_ id: Int32, in graph: PickleGraph) {
        guard let parts = graph.elements(id), parts.count == 5 || parts.count == 6, graph.text(parts[0]) == "storage",
            let dtype = PyTorchStorages.dtype(graph.name(parts[1])), let key = graph.text(parts[2]),
            let count = graph.integer(parts[4]), count >= 0, parts.count == 5 || graph[parts[5]].kind == .none
        else { return nil }
        (self.key, self.count, self.dtype) = (key, count, dtype)
    }
}
