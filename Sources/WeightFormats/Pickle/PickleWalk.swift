import RegistryTypes

/// Walks through the values of a pickle and collects tensors and whatever else counts, with their paths as names.
///
/// What several objects share is collected for each of them, so it does not matter whether two pickles share alike; the
/// limits on visits, names and bytes keep that finite.
struct PickleWalk {
    let graph: PickleGraph
    /// What persistent ids refer to; nil where there are none.
    let storages: PyTorchStorages?
    var builder = WeightFileBuilder()
    private var names: Set<String> = []
    var visits = 0
    /// The bytes that all tensors and texts so far take.
    private var bytes = 0
    /// The depth of the objects that the walk is in, to notice a circle.
    private var depths: [Int32: Int] = [:]

    /// Prepares a walk.
    init(_ graph: PickleGraph, storages: PyTorchStorages? = nil) {
        self.graph = graph
        self.storages = storages
    }

    /// Collects everything from one value on.
    static func read(
        _ root: Int32, in graph: PickleGraph, storages: PyTorchStorages? = nil, format: String
    ) throws -> WeightFile {
        var walk = PickleWalk(graph, storages: storages)
        try walk.add(root, .root)
        return try walk.builder.finish(format: format)
    }

    /// Adds a value and what is in it. In a setting, numbers are compared exactly and are no tensors.
    mutating func add(_ id: Int32, _ path: PicklePath, asSetting: Bool = false) throws {
        visits += 1
        guard visits <= WeightLimits.pickleVisits else {
            throw WeightFormatError.unsupported(
                "the pickle has more than \(WeightLimits.pickleVisits) values, those that are shared counted for each use"
            )
        }
        let node = graph[id]
        switch node.kind {
        case .integer, .float: try addNumber(node, path, asSetting: asSetting)
        case .none, .yes, .no, .bigInteger, .global: try addItem(path.name, graph.description(id) ?? "")
        case .text: try addText(node, path)
        case .bytes: try addBytes(node, path)
        case .tuple, .list, .set, .dictionary, .object:
            try enter(id, path)
            if depths[id] == path.depth {
                try addContainer(id, node, path, asSetting: asSetting)
                depths[id] = nil
            }
        case .inlineArray: try addArray(id, path)
        case .persistent: try addStorage(id, path)
        }
    }

    private mutating func enter(_ id: Int32, _ path: PicklePath) throws {
        guard path.depth <= WeightLimits.pickleDepth else {
            throw WeightFormatError.unsupported(
                "the objects of the pickle are nested deeper than \(WeightLimits.pickleDepth) levels")
        }
        if let depth = depths[id] {
            try addItem(path.name, "the object \(path.depth - depth) levels above")
        } else {
            depths[id] = path.depth
        }
    }

    private mutating func addContainer(
        _ id: Int32, _ node: PickleNode, _ path: PicklePath, asSetting: Bool
    ) throws {
        switch node.kind {
        case .dictionary: try addPairs(node.children, path, asSetting: asSetting)
        case .set: try addSet(node.children, path)
        case .object: try addObject(id, path)
        default: try addSequence(node.children, path, asSetting: asSetting)
        }
    }

    /// Adds something that is no tensor.
    mutating func addItem(_ name: String, _ value: String) throws {
        try claim(name)
        try builder.add(StructureItem(name, value))
    }

    /// A name may stand only once: `{"a": {"b": 1}, "a.b": 2}` has no unambiguous names.
    mutating func claim(_ name: String) throws {
        guard names.insert(name).inserted else {
            throw WeightFormatError.unsupported("two values of the pickle would both be called \(name.prefix(80))")
        }
    }

    /// Counts bytes that will be read; many names for one large array would make work without end.
    mutating func charge(_ count: Int) throws {
        let (sum, overflow) = bytes.addingReportingOverflow(count)
        bytes = sum
        let (bound, unbounded) = graph.file.count.multipliedReportingOverflow(by: WeightLimits.sharedRatio)
        guard !overflow, unbounded || sum <= max(bound, WeightLimits.sharedFreeBytes) else {
            throw WeightFormatError.unsupported(
                "the tensors of the file share so much that they are more than \(WeightLimits.sharedRatio) times as large"
            )
        }
    }
}
