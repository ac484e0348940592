package import SystemPackage

/// One file a run left in `/out`, checked by `OutputCollector`.
package struct CollectedOutput: Sendable, Hashable {
    /// The declaration it belongs to: its own path, or the path of a folder.
    package let declared: String
    /// The path relative to `/out`, with `/` between components.
    package let path: String
    /// Length in bytes.
    package let size: Int64
    /// Where the file is on the host; no component below the output folder is a symbolic link.
    package let file: FilePath
}
