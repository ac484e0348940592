package import SystemPackage

/// A file a capture wrote, ready to be uploaded.
package struct CapturedFile: Sendable, Equatable {
    /// Where it lies.
    package let path: FilePath
    /// Its size in bytes.
    package let size: Int
    /// The SHA-256 of its bytes, 64 lower-case hex digits.
    package let sha256: String
}
