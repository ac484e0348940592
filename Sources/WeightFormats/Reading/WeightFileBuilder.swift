import RegistryTypes

/// Collects what a file holds; numbers that had to be converted share one block of memory.
struct WeightFileBuilder {
    private var tensors: [Tensor] = []
    private var structure: [StructureItem] = []
    private var converted: [UInt8] = []
    private var places: [(name: String, size: TensorShape, range: Range<Int>)] = []
    private var cost = 0

    /// How many tensors there are so far.
    var tensorCount: Int { tensors.count + places.count }

    /// Adds a tensor that lies in the file.
    mutating func add(_ tensor: Tensor) throws {
        tensors.append(tensor)
        try charge(tensor.name.utf8.count + 64)
    }

    /// Adds something that is no tensor.
    mutating func add(_ item: StructureItem) throws {
        structure.append(item)
        try charge(item.cost)
    }

    /// Adds converted elements, little-endian and in C order; they are copied.
    mutating func add(_ name: String, _ dtype: ElementType, _ shape: [Int], _ bytes: UnsafeRawBufferPointer) throws {
        let size = try TensorShape(dtype: dtype, dimensions: shape)
        guard bytes.count <= WeightLimits.converted - converted.count else {
            throw WeightFormatError.unsupported(
                "the file holds more than \(WeightLimits.converted >> 20) MiB of numbers that have to be converted; "
                    + "save large arrays as safetensors or npz")
        }
        places.append((name, size, converted.count..<converted.count + bytes.count))
        converted.append(contentsOf: bytes)
        try charge(name.utf8.count + 64)
    }

    /// Adds a list of numbers from text; the shape has as many elements as the list.
    mutating func add(_ name: String, _ numbers: NumberList, shape: [Int]) throws {
        try numbers.withBytes { try add(name, numbers.dtype, shape, $0) }
    }

    /// Names and values may not take more memory than a server can spare, however many there are.
    private mutating func charge(_ bytes: Int) throws {
        cost += bytes
        guard tensorCount <= WeightLimits.tensors, structure.count <= WeightLimits.structureItems,
            cost <= WeightLimits.names
        else {
            throw WeightFormatError.unsupported(
                "the file holds too many values: at most \(WeightLimits.tensors) tensors, "
                    + "\(WeightLimits.structureItems) others and \(WeightLimits.names >> 20) MiB of names are read")
        }
    }

    /// The opened file; throws if a name stands twice or data does not fit its shape.
    func finish(format: String) throws -> WeightFile {
        let block = try MappedFile(allocating: converted.count) { $0.copyBytes(from: converted) }
        let more = try places.map { place in
            try Tensor(
                name: place.name, size: place.size,
                storage: TensorStorage(source: .mapped(try MappedSlice(block, place.range))))
        }
        return try WeightFile(format: format, tensors: tensors + more, structure: structure)
    }
}
