extension GitObjectID {
    /// The hash function a repository uses for all its objects.
    package enum Algorithm: String, Sendable {
        case sha1
        case sha256

        /// The length of an object name in bytes: 20 or 32.
        package var byteCount: Int {
            switch self {
            case .sha1: 20
            case .sha256: 32
            }
        }

        init?(byteCount: Int) {
            switch byteCount {
            case 20: self = .sha1
            case 32: self = .sha256
            default: return nil
            }
        }
    }
}
