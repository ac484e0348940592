import RegistryTypes

/// A NumPy dtype out of the record of its construction: `numpy.dtype("f8")` and the state that was set on it.
///
/// Source: `arraydescr_reduce` of NumPy 2.4: `(version, byte order, subarray, names, fields, item size, …)`.
struct PickledDType {
    /// What the elements are.
    indirect enum Kind {
        case numbers(ElementType)
        case record([(name: String, dtype: PickledDType, offset: Int)])
        /// Text, dates, unnamed bytes: only equal or not.
        case opaque
        /// Python objects.
        case objects
    }

    private(set) var kind: Kind
    /// The type string, such as `f8`.
    let descr: String
    private(set) var bigEndian = false
    /// The size of an element in bytes, its own dimensions included.
    private(set) var itemSize: Int
    /// The dimensions that every element has.
    private(set) var dimensions: [Int] = []

    var isObjects: Bool { if case .objects = kind { true } else { false } }

    /// Understands the dtype of a value; throws if it is none, or one that is not read.
    init(_ id: Int32, in graph: PickleGraph, depth: Int = 0) throws {
        guard let call = graph.call(id), call.name == "numpy.dtype", let first = call.arguments.first,
            let descr = graph.text(first), let last = graph.states(id).last, let state = graph.elements(last),
            state.count >= 7, let order = graph.text(state[1]), depth < 8
        else { throw WeightFormatError.unsupported("the pickle has an array of a dtype that is not read") }
        self.descr = descr
        itemSize = graph.integer(state[5]) ?? -1
        bigEndian = order == ">"
        kind = .opaque
        guard ["<", ">", "|"].contains(order) else { throw unsupported() }
        if let base = graph.elements(state[2]), base.count == 2 {
            try become(subarrayOf: PickledDType(base[0], in: graph, depth: depth + 1), graph.integers(base[1]))
        } else if let names = graph.elements(state[3]) {
            kind = .record(try fields(names, state[4], graph, depth))
        } else {
            try understand(order)
        }
        guard itemSize >= 0, itemSize <= WeightLimits.dimension else { throw unsupported() }
    }

    private mutating func understand(_ order: String) throws {
        if let type = NpyHeader.types[descr] {
            guard order != "|" || type.byteCount == 1 else { throw unsupported() }
            (kind, itemSize) = (.numbers(type), type.byteCount)
            return
        }
        switch descr.first {
        case "O": (kind, itemSize) = (.objects, 8)
        case "S", "U", "V": break
        case "M", "m": itemSize = 8
        default: throw unsupported()
        }
    }

    private mutating func become(subarrayOf base: PickledDType, _ shape: [Int]?) throws {
        guard let shape, !base.isObjects else { throw unsupported() }
        let size = try TensorShape(dtype: .uint8, dimensions: shape + [base.itemSize]).byteCount
        guard itemSize == size else { throw unsupported() }
        (kind, bigEndian, dimensions) = (base.kind, base.bigEndian, shape + base.dimensions)
    }

    private func fields(
        _ names: [Int32], _ fields: Int32, _ graph: PickleGraph, _ depth: Int
    ) throws -> [(name: String, dtype: PickledDType, offset: Int)] {
        guard names.count <= WeightLimits.pickleFields else { throw unsupported() }
        return try names.map { name in
            guard let name = graph.text(name), let field = graph.value(name, of: fields).flatMap(graph.elements),
                field.count >= 2, let offset = graph.integer(field[1])
            else { throw unsupported() }
            let dtype = try PickledDType(field[0], in: graph, depth: depth + 1)
            guard offset >= 0, dtype.itemSize <= itemSize, offset <= itemSize - dtype.itemSize, !dtype.isObjects else {
                throw unsupported()
            }
            return (name, dtype, offset)
        }
    }

    private func unsupported() -> any Error {
        WeightFormatError.unsupported(
            "the NumPy dtype \"\(descr.prefix(40))\" in the pickle is not read; save booleans, integers or floating-point "
                + "numbers of at most 64 bits")
    }
}
