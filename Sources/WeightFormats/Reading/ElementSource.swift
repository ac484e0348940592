/// Elements that do not lie in the file as they are: they have to be unpacked or put together from parts.
protocol ElementSource: Sendable {
    /// How many bytes the elements take when they have been unpacked.
    var byteCount: Int { get }

    /// Starts at the first element; throws if that is already impossible.
    func stream() throws -> any ElementStream
}

/// One pass over the elements of an `ElementSource`, from the first to the last.
protocol ElementStream: AnyObject {
    /// Writes exactly as many bytes as the buffer holds; throws if the data is damaged or ends before.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws

    /// Checks, after the last byte, what only shows there: lengths and checksums.
    func finish() throws
}
