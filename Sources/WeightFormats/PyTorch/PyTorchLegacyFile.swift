import RegistryTypes

/// What `torch.save` wrote before PyTorch 1.6: five pickles (a magic number, the protocol, facts about the machine, the
/// object, the keys of the storages) and then the storages, each with its number of elements in front.
///
/// Source: `_legacy_save` in `torch/serialization.py` of PyTorch 2.13.
struct PyTorchLegacyFile {
    /// The pickled magic number with which each such file begins.
    static let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]

    let graph: PickleGraph
    /// The object that was saved.
    let root: Int32
    let storages: PyTorchStorages

    /// Follows all pickles and finds the storages; throws if the file ends before the last or goes on behind it.
    init(_ file: MappedFile) throws {
        graph = PickleGraph(file)
        var cursor = ByteCursor(try file.bytes(0..<file.count))
        var values: [Int32] = []
        for _ in 0..<5 {
            var machine = PickleMachine(graph, at: cursor)
            values.append(try machine.run())
            cursor = machine.cursor
        }
        guard graph.integer(values[1]) == 1001, let keys = graph.elements(values[4]) else {
            throw WeightFormatError.unsupported("the file has another version of PyTorch's old format than 1001")
        }
        if let isLittle = graph.value("little_endian", of: values[2]), graph[isLittle].kind != .yes {
            throw WeightFormatError.unsupported(
                "the file was written on a big-endian machine; save it with torch.save again")
        }
        root = values[3]
        storages = PyTorchStorages(slices: try Self.storages(keys, graph, &cursor), bigEndian: false)
    }

    private static func storages(
        _ keys: [Int32], _ graph: PickleGraph, _ cursor: inout ByteCursor
    ) throws -> [String: MappedSlice] {
        let sizes = sizes(graph)
        var slices: [String: MappedSlice] = [:]
        for key in keys {
            guard let key = graph.text(key), let size = sizes[key], slices[key] == nil else {
                throw WeightFormatError.malformed("the file has a storage that its pickle does not name")
            }
            guard let count = Int(exactly: try cursor.next(UInt64.self)), count <= cursor.left / size else {
                throw WeightFormatError.malformed("the storage \(key.prefix(80)) is longer than the file")
            }
            slices[key] = try MappedSlice(graph.file, cursor.offset..<cursor.offset + count * size)
            _ = try cursor.next(count * size)
        }
        guard cursor.left == 0 else { throw WeightFormatError.malformed("the file goes on behind the last storage") }
        return slices
    }

    /// The size of an element of each storage.
    private static func sizes(_ graph: PickleGraph) -> [String: Int] {
        var sizes: [String: Int] = [:]
        for node in graph.nodes where node.kind == .persistent {
            guard let reference = PyTorchReference(Int32(node.first), in: graph) else { continue }
            sizes[reference.key] = reference.dtype.byteCount
        }
        return sizes
    }
}
