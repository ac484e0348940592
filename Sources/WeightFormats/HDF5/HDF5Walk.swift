import RegistryTypes

/// One walk through the groups of an HDF5 file from the root on.
struct HDF5Walk {
    var builder = WeightFileBuilder()
    private let bytes: HDF5Bytes
    private var heap: HDF5GlobalHeap
    /// Everything seen so far; a file that leads to one place by two ways could be read for ever.
    private var visited: Set<UInt64> = []
    /// Where data of tensors lies.
    private var extents: [Range<Int>] = []
    /// Packed and unpacked bytes of all chunks that are compressed.
    private var packed = (from: 0, to: 0)

    /// Starts at the root of the file that a part of a file holds.
    init(_ slice: MappedSlice) {
        bytes = HDF5Bytes(slice: slice)
        heap = HDF5GlobalHeap(bytes)
    }

    /// Visits every object once. One that can be reached by two ways is refused, for its data would count twice.
    mutating func run() throws {
        var pending = [(path: "", address: try HDF5Superblock(bytes).root)]
        while let (path, address) = pending.popLast() {
            guard visited.insert(address).inserted else {
                throw HDF5Bytes.unsupported("the object \(path.prefix(80)) under two names, or a cycle")
            }
            guard visited.count <= WeightLimits.structureItems, path.utf8.count <= WeightLimits.name else {
                throw HDF5Bytes.unsupported("too many objects, or too long paths")
            }
            let object = try HDF5Object(bytes, at: address, &visited)
            try addAttributes(of: object, path)
            if let group = try HDF5Group(object, bytes, &visited) {
                pending += group.members.map { (path.isEmpty ? $0.name : path + "/" + $0.name, $0.address) }
            } else {
                try add(dataset: object, path)
            }
        }
        try checkExtents()
    }

    private func checkExtents() throws {
        var end = 0
        for extent in extents.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard extent.lowerBound >= end else { throw HDF5Bytes.malformed("data of two datasets overlaps") }
            end = extent.upperBound
        }
        guard packed.to <= WeightLimits.zipFreeBytes || packed.to / WeightLimits.zipRatio <= packed.from else {
            throw HDF5Bytes.unsupported(
                "chunks that unpack \(packed.from) bytes to \(packed.to), more than \(WeightLimits.zipRatio) times as many"
            )
        }
    }

    // MARK: - Attributes

    /// Attributes that only say who wrote the file.
    private static let ignored: Set<String> = ["keras_version", "backend"]
    /// Attributes of Keras that are JSON.
    private static let settings: Set<String> = ["model_config", "training_config"]

    /// Whether an attribute is how Keras called a layer, which it counts anew when a model is loaded and saved again.
    private static func isLayerName(_ attribute: String, _ path: String) -> Bool {
        attribute == "name" && (path == "vars" || path.hasSuffix("/vars"))
    }

    private mutating func addAttributes(of object: HDF5Object, _ path: String) throws {
        if var info = try object.only(0x15) {
            _ = try info.next(1)
            if try info.next(UInt8.self) & 1 != 0 { _ = try info.next(2) }
            guard try info.next(UInt64.self) == HDF5Bytes.undefined else {
                throw HDF5Bytes.unsupported("attributes in a fractal heap")
            }
        }
        for message in object.messages where message.type == 0x0C {
            let attribute = try HDF5Attribute(message.data)
            guard !Self.ignored.contains(attribute.name), !Self.isLayerName(attribute.name, path) else { continue }
            let name = "\(path)@\(attribute.name)"
            if Self.settings.contains(attribute.name), let text = try attribute.values.texts(&heap)?.first {
                try KerasSettings.add(text, name, to: &builder)
            } else {
                try builder.add(StructureItem(name, try attribute.values.description(&heap)))
            }
        }
    }

    // MARK: - Datasets

    private mutating func add(dataset object: HDF5Object, _ path: String) throws {
        guard var type = try object.only(0x03), var space = try object.only(0x01), let layout = try object.only(0x08)
        else { throw HDF5Bytes.malformed("the dataset \(path.prefix(80)) has no type, shape or layout") }
        guard try object.only(0x07) == nil else { throw HDF5Bytes.unsupported("data in other files") }
        let datatype = try HDF5Datatype(&type)
        guard let shape = try HDF5Dataspace(&space).shape else { throw HDF5Bytes.unsupported("empty datasets") }
        let filters = try object.only(0x0B).map { try HDF5Filters($0) }
        let place = try HDF5Layout(layout)
        guard case .number(let element, let bigEndian) = datatype else {
            return try add(texts: datatype, shape, place, path)
        }
        let size = try TensorShape(dtype: element, dimensions: shape)
        let source: TensorStorage.Source
        switch place {
        case .compact(let data):
            return try add(compact: data, size, bigEndian: bigEndian, path)
        case .contiguous(let address, let length):
            guard filters == nil else { throw HDF5Bytes.malformed("data in one piece has filters") }
            guard size.byteCount > 0 else { return try builder.add(path, element, shape, .init(start: nil, count: 0)) }
            guard address != HDF5Bytes.undefined else {
                throw HDF5Bytes.unsupported("datasets that were never written")
            }
            guard length == UInt64(size.byteCount) else {
                throw HDF5Bytes.malformed("\(path.prefix(80)) has \(length) bytes, its shape needs \(size.byteCount)")
            }
            let part = try bytes.part(address, count: size.byteCount)
            extents.append(part.range)
            source = .mapped(part)
        case .chunked(let root, let chunk):
            let chunks = try HDF5Chunks(
                bytes, root: root, shape: size, chunk: chunk, filters: filters ?? .none, &visited)
            extents += chunks.extents
            packed.from += chunks.extents.reduce(0) { $0 + $1.count }
            packed.to += chunks.unpackedCount
            source = .streamed(chunks)
        }
        try builder.add(
            Tensor(name: path, size: size, storage: TensorStorage(source: source, bigEndian: bigEndian)))
    }

    private mutating func add(
        compact data: UnsafeRawBufferPointer, _ size: TensorShape, bigEndian: Bool, _ path: String
    ) throws {
        guard data.count == size.byteCount else { throw HDF5Bytes.malformed("\(path.prefix(80)) has not its size") }
        var copy = Array(data)
        if bigEndian { copy.withUnsafeMutableBytes { ByteOrder.swap($0, elementSize: size.dtype.byteCount) } }
        try copy.withUnsafeBytes { try builder.add(path, size.dtype, size.dimensions, $0) }
    }

    private mutating func add(
        texts datatype: HDF5Datatype, _ shape: [Int], _ place: HDF5Layout, _ path: String
    ) throws {
        let data: UnsafeRawBufferPointer
        switch place {
        case .compact(let inside): data = inside
        case .contiguous(let address, let length) where address != HDF5Bytes.undefined:
            let part = try bytes.part(address, count: Int(clamping: length))
            extents.append(part.range)
            data = try part.bytes(0..<part.count)
        default: throw HDF5Bytes.unsupported("texts in chunks, or texts that were never written")
        }
        try builder.add(StructureItem(path, try HDF5Values(datatype, shape, data).description(&heap)))
    }
}
