import RegistryTypes

/// The data of a dataset that is cut into chunks of one shape, each packed for itself.
struct HDF5Chunks: ElementSource {
    /// A chunk: its packed bytes, and the filters that it was spared.
    struct Chunk {
        let data: MappedSlice
        let mask: UInt32
    }

    let shape: TensorShape
    /// The dimensions of a chunk, without the element size.
    let chunk: [Int]
    let filters: HDF5Filters
    /// All chunks in the order of their places in the grid.
    private(set) var chunks: [Chunk] = []

    var byteCount: Int { shape.byteCount }

    /// Where the packed bytes lie.
    var extents: [Range<Int>] { chunks.map(\.data.range) }

    /// How many bytes all chunks are when unpacked, those behind the edges included.
    var unpackedCount: Int { chunks.count * chunkSize }

    /// The bytes of an unpacked chunk.
    var chunkSize: Int { chunk.reduce(shape.dtype.byteCount, *) }

    /// The number of chunks along each dimension.
    var grid: [Int] { zip(shape.dimensions, chunk).map { ($0 - 1) / $1 + 1 } }

    /// Finds all chunks; throws unless each place of the grid has exactly one.
    init(
        _ bytes: HDF5Bytes, root: UInt64, shape: TensorShape, chunk: [Int], filters: HDF5Filters,
        _ visited: inout Set<UInt64>
    ) throws {
        self.shape = shape
        self.chunk = Array(chunk.dropLast())
        self.filters = filters
        let rank = shape.dimensions.count
        guard rank > 0, chunk.count == rank + 1, chunk[rank] == shape.dtype.byteCount, !chunk.contains(0) else {
            throw HDF5Bytes.malformed("chunks do not fit their dataset")
        }
        guard shape.elementCount > 0 else { return }
        // Neither a chunk nor the row of chunks that is held in memory may be larger than the limit.
        let row = [min(chunk[0], shape.dimensions[0])] + shape.dimensions.dropFirst()
        for dimensions in [self.chunk, row] {
            guard let size = try? TensorShape(dtype: shape.dtype, dimensions: dimensions),
                size.byteCount <= WeightLimits.chunkRow
            else {
                throw HDF5Bytes.unsupported("chunks that need more than \(WeightLimits.chunkRow >> 20) MiB of memory")
            }
        }
        let count = try TensorShape(dtype: .uint8, dimensions: grid).elementCount
        guard count <= 1 << 20 else { throw HDF5Bytes.unsupported("a dataset of more than a million chunks") }
        var found: [Int: Chunk] = [:]
        try HDF5Tree.walk(bytes, root: root, kind: 1, keySize: 8 + 8 * (rank + 1), &visited) { key, address in
            var cursor = ByteCursor(key)
            let size = Int(try cursor.next(UInt32.self))
            let mask = try cursor.next(UInt32.self)
            let offsets = try (0..<rank).map { _ in Int(clamping: try cursor.next(UInt64.self)) }
            guard filters.allow(size, for: chunkSize) else {
                throw HDF5Bytes.malformed("a chunk claims an impossible size")
            }
            let entry = Chunk(data: try bytes.part(address, count: size), mask: mask)
            guard found.updateValue(entry, forKey: try place(offsets)) == nil else {
                throw HDF5Bytes.malformed("two chunks have one place")
            }
        }
        guard found.count == count else { throw HDF5Bytes.unsupported("datasets that were not written completely") }
        chunks = (0..<count).compactMap { found[$0] }
    }

    /// The place of a chunk in the grid, counted in C order.
    private func place(_ offsets: [Int]) throws -> Int {
        var place = 0
        for (axis, offset) in offsets.enumerated() {
            guard offset % chunk[axis] == 0, offset < shape.dimensions[axis] else {
                throw HDF5Bytes.malformed("a chunk lies outside its dataset")
            }
            place = place * grid[axis] + offset / chunk[axis]
        }
        return place
    }

    func stream() throws -> any ElementStream { HDF5ChunkStream(self) }
}
