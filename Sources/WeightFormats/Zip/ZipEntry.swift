/// One file in a zip archive, with a place and sizes that have been checked.
struct ZipEntry: Sendable {
    /// How the bytes are packed.
    enum Method: Sendable {
        case stored, deflated
    }

    /// The entry's name.
    let name: String
    let method: Method
    /// The packed bytes.
    let packed: MappedSlice
    /// The length of the unpacked bytes.
    let unpackedSize: Int
    /// The CRC-32 of the unpacked bytes.
    let checksum: UInt32
    /// From the local header to the end of the packed bytes.
    let extent: Range<Int>
}
