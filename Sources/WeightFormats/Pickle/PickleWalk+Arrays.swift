import RegistryTypes

extension PickleWalk {
    /// Adds an array; false if the value is none.
    @discardableResult
    mutating func addArray(_ id: Int32, _ path: PicklePath) throws -> Bool {
        guard let array = try PickledArray(id, in: graph) else { return false }
        switch array.content {
        case .data(let data): try add(array, data, path)
        case .objects(let elements): try add(elements, shape: array.shape, path)
        }
        return true
    }

    /// A NumPy scalar or an array of objects: `[2]`, `[3,0]`.
    private mutating func add(_ elements: [Int32], shape: [Int], _ path: PicklePath) throws {
        let size = try TensorShape(dtype: .uint8, dimensions: shape)
        guard size.elementCount == elements.count else {
            throw WeightFormatError.malformed("\(path.name.prefix(80)) has not as many objects as its shape says")
        }
        if shape.isEmpty { return try add(elements[0], path) }
        if elements.isEmpty { return try addItem(path.name, "[]") }
        var walk = StridedIndex(shape)
        for element in elements { try add(element, path.index(walk.next())) }
    }

    private mutating func add(_ array: PickledArray, _ data: MappedSlice, _ path: PicklePath) throws {
        let length = try TensorShape(dtype: .uint8, dimensions: array.shape + [array.dtype.itemSize]).byteCount
        guard length == data.count else {
            throw WeightFormatError.malformed(
                "\(path.name.prefix(80)) holds \(data.count) bytes, its shape and dtype need \(length)")
        }
        let strides =
            array.fortranOrder
            ? FortranOrder.strides(array.shape, elementSize: array.dtype.itemSize)
            : StridedElements.contiguous(array.shape, elementSize: array.dtype.itemSize)
        try add(array.dtype, array.shape, strides, data, path)
    }

    /// Adds the elements, or each field of records as a tensor of its own.
    private mutating func add(
        _ dtype: PickledDType, _ shape: [Int], _ strides: [Int], _ data: MappedSlice, _ path: PicklePath,
        holdsThresholds: Bool = false
    ) throws {
        switch dtype.kind {
        case .objects: throw WeightFormatError.unsupported("\(path.name.prefix(80)) has objects inside of records")
        case .numbers(let type):
            let inner = StridedElements.contiguous(dtype.dimensions, elementSize: type.byteCount)
            try addTensor(
                path, TensorShape(dtype: type, dimensions: shape + dtype.dimensions), strides: strides + inner,
                data: data, bigEndian: dtype.bigEndian, holdsThresholds: holdsThresholds)
        case .record(let fields):
            guard dtype.dimensions.isEmpty else {
                throw WeightFormatError.unsupported("\(path.name.prefix(80)) has records inside of records")
            }
            let isTree = fields.contains { $0.name == "left" || $0.name == "left_child" }
            for field in fields {
                let part = data.count == 0 ? data : try data.from(field.offset)
                try add(
                    field.dtype, shape, strides, part, path.key(field.name),
                    holdsThresholds: isTree && Self.thresholds.contains(field.name))
            }
        case .opaque:
            guard strides == StridedElements.contiguous(shape, elementSize: dtype.itemSize) else {
                throw WeightFormatError.unsupported(
                    "\(path.name.prefix(80)) holds \"\(dtype.descr.prefix(40))\" in another order than C")
            }
            try charge(data.count)
            try claim(path.name)
            try builder.add(
                StructureItem(path.name, bytes: try data.bytes(0..<data.count), as: "\(dtype.descr) \(shape)"))
        }
    }

    /// The fields of a tree's nodes in scikit-learn that say up to where the left side goes.
    private static let thresholds: Set<String> = ["threshold", "num_threshold"]

    /// Adds numbers that lie in the file at regular distances.
    mutating func addTensor(
        _ path: PicklePath, _ size: TensorShape, strides: [Int], data: MappedSlice, bigEndian: Bool,
        holdsThresholds: Bool = false
    ) throws {
        try charge(size.byteCount)
        try claim(path.name)
        let whole = StridedElements.contiguous(size.dimensions, elementSize: size.dtype.byteCount)
        let isContiguous = zip(size.dimensions, zip(strides, whole)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
        let source: TensorStorage.Source =
            if size.elementCount == 0 || (isContiguous && size.byteCount <= data.count) {
                .mapped(try data.first(size.byteCount))
            } else {
                .streamed(try StridedElements(data, size: size, strides: strides))
            }
        var tensor = try Tensor(
            name: path.name, size: size,
            storage: TensorStorage(source: source, bigEndian: bigEndian && size.dtype.byteCount > 1))
        tensor.holdsThresholds = holdsThresholds
        try builder.add(tensor)
    }
}

/// The indices of an array's elements in C order, in words.
private struct StridedIndex {
    private let shape: [Int]
    private var count = 0

    init(_ shape: [Int]) { self.shape = shape }

    mutating func next() -> String {
        var rest = count
        var indices: [String] = []
        for dimension in shape.reversed() {
            indices.append("\(rest % dimension)")
            rest /= dimension
        }
        count += 1
        return indices.reversed().joined(separator: ",")
    }
}
