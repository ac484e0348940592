import RegistryTypes

/// Puts chunks together row by row: those that share a place along the first dimension are unpacked at once.
final class HDF5ChunkStream: ElementStream {
    private let source: HDF5Chunks
    private var row: [UInt8] = []
    private var offset = 0
    private var nextRow = 0

    /// Starts at the first element.
    init(_ source: HDF5Chunks) {
        self.source = source
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            if offset == row.count { try unpackRow() }
            let part = row[offset..<min(offset + buffer.count - filled, row.count)]
            UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyBytes(from: part)
            filled += part.count
            offset = part.endIndex
        }
    }

    func finish() throws {
        guard offset == row.count, source.byteCount == 0 || nextRow == source.grid[0] else {
            throw HDF5Bytes.malformed("a dataset has more chunks than elements")
        }
    }

    private func unpackRow() throws {
        let (shape, chunk, grid) = (source.shape.dimensions, source.chunk, source.grid)
        guard nextRow < grid[0] else { throw HDF5Bytes.malformed("a dataset ends too early") }
        let height = min(chunk[0], shape[0] - nextRow * chunk[0])
        let size = source.shape.dtype.byteCount
        let extent = [height] + shape.dropFirst()
        row = [UInt8](repeating: 0, count: extent.reduce(size, *))
        let perRow = grid.dropFirst().reduce(1, *)
        var scratch = [UInt8](repeating: 0, count: source.chunkSize)
        for index in 0..<perRow {
            let entry = source.chunks[nextRow * perRow + index]
            let packed = try entry.data.bytes(0..<entry.data.count)
            try scratch.withUnsafeMutableBytes {
                try source.filters.undo(packed, mask: entry.mask, into: $0, size)
            }
            entry.data.release(0..<entry.data.count)
            var rest = index
            var start = [Int](repeating: 0, count: shape.count)
            for axis in stride(from: shape.count - 1, to: 0, by: -1) {
                start[axis] = rest % grid[axis] * chunk[axis]
                rest /= grid[axis]
            }
            scratch.withUnsafeBytes { copy($0, axis: 0, from: 0, to: 0, start, extent, size) }
        }
        offset = 0
        nextRow += 1
    }

    /// Copies what of a chunk lies inside the dataset, run by run along the last dimension; positions are in elements.
    private func copy(
        _ source: UnsafeRawBufferPointer, axis: Int, from: Int, to: Int, _ start: [Int], _ extent: [Int], _ size: Int
    ) {
        let chunk = self.source.chunk
        let count = min(chunk[axis], extent[axis] - start[axis])
        if axis == chunk.count - 1 {
            let target = (to * extent[axis] + start[axis]) * size
            let first = from * chunk[axis] * size
            row.withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer(rebasing: $0[target..<target + count * size])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[first..<first + count * size]))
            }
            return
        }
        for index in 0..<count {
            copy(
                source, axis: axis + 1, from: from * chunk[axis] + index, to: to * extent[axis] + start[axis] + index,
                start, extent, size)
        }
    }
}
