import RegistryTypes

/// A NumPy array or scalar out of the record of its construction.
struct PickledArray {
    /// Where the elements are.
    enum Content {
        case data(MappedSlice)
        case objects([Int32])
    }

    let dtype: PickledDType
    let shape: [Int]
    let fortranOrder: Bool
    let content: Content

    /// Understands a value; nil if it is no array.
    init?(_ id: Int32, in graph: PickleGraph) throws {
        if graph[id].kind == .inlineArray {
            guard let wrapper = try JoblibArray(graph[id].children[0], in: graph) else { return nil }
            self.init(wrapper, try graph.slice(graph[id]))
            return
        }
        guard let call = graph.call(id) else { return nil }
        switch call.name {
        case "numpy.core.multiarray._reconstruct": try self.init(state: graph.states(id).last, in: graph)
        case "numpy.core.numeric._frombuffer": try self.init(buffer: call.arguments, in: graph)
        case "numpy.core.multiarray.scalar": try self.init(scalar: call.arguments, in: graph)
        default: return nil
        }
    }

    /// An array of joblib's, of which the elements follow the description.
    private init(_ wrapper: JoblibArray, _ data: MappedSlice) {
        (dtype, shape, fortranOrder) = (wrapper.dtype, wrapper.shape, wrapper.fortranOrder)
        content = .data(data)
    }

    private static let unknown = WeightFormatError.unsupported(
        "the pickle has a NumPy array in a form that is not read")

    /// `(version, shape, dtype, whether in Fortran order, bytes or list of objects)`.
    private init(state: Int32?, in graph: PickleGraph) throws {
        guard let state = state.flatMap(graph.elements), state.count == 5, let shape = graph.integers(state[1]) else {
            throw Self.unknown
        }
        dtype = try PickledDType(state[2], in: graph)
        self.shape = shape
        fortranOrder = graph[state[3]].kind == .yes
        if dtype.isObjects {
            guard let elements = graph.elements(state[4]) else { throw Self.unknown }
            content = .objects(elements)
        } else {
            guard let data = try graph.data(state[4]) else { throw Self.unknown }
            content = .data(data)
        }
    }

    /// `(bytes, dtype, shape, order)`, protocol 5.
    private init(buffer arguments: [Int32], in graph: PickleGraph) throws {
        guard arguments.count == 4, let data = try graph.data(arguments[0]), let shape = graph.integers(arguments[2]),
            let order = graph.text(arguments[3]), order == "C" || order == "F"
        else { throw Self.unknown }
        (dtype, self.shape, fortranOrder) = (try PickledDType(arguments[1], in: graph), shape, order == "F")
        guard !dtype.isObjects else { throw Self.unknown }
        content = .data(data)
    }

    /// `(dtype, bytes)`, or with objects `(dtype, object)`.
    private init(scalar arguments: [Int32], in graph: PickleGraph) throws {
        guard arguments.count == 2 else { throw Self.unknown }
        (dtype, shape, fortranOrder) = (try PickledDType(arguments[0], in: graph), [], false)
        if dtype.isObjects {
            content = .objects([arguments[1]])
        } else {
            guard let data = try graph.data(arguments[1]) else { throw Self.unknown }
            content = .data(data)
        }
    }
}
