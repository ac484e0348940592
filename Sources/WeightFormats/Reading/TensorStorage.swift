/// Where the elements of a tensor are, and what has to be done to make them little-endian and C order.
struct TensorStorage: Sendable {
    /// Where the bytes come from.
    enum Source: Sendable {
        /// They lie in the file as they are.
        case mapped(MappedSlice)
        /// They have to be unpacked or put together.
        case streamed(any ElementSource)
    }

    let source: Source
    /// Whether the elements are big-endian.
    var bigEndian = false
    /// Whether the first dimension varies fastest.
    var fortranOrder = false

    /// The length of the elements in bytes.
    var byteCount: Int {
        switch source {
        case .mapped(let slice): slice.count
        case .streamed(let source): source.byteCount
        }
    }
}
