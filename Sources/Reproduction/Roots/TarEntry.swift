/// A member of a tar archive (POSIX.1-2001 `pax`, `ustar` and the long names of GNU).
struct TarEntry: Sendable {
    enum Kind: Sendable, Equatable {
        case file, folder
        case symbolicLink(String)
        case hardLink(String)
        /// A device, a pipe: never made.
        case special
    }

    /// As the archive says it, not yet checked.
    var path: String
    var kind: Kind
    /// The permission bits.
    var mode: UInt16
    /// Bytes that follow the header.
    var size: Int64
}
