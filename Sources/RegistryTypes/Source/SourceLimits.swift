/// Upper bounds on what a source bundle may make a reader do.
///
/// They hold for the stream (objects, bytes) and for the tree it unfolds to, because a few small trees that name each
/// other many times unfold to billions of files.
package struct SourceLimits: Sendable {
    /// Most objects in one bundle.
    package var maxObjects: Int
    /// Most folders, files, links and submodules below the sub-folder, each counted wherever it appears.
    package var maxEntries: Int
    /// Largest single file, in bytes.
    package var maxObjectBytes: Int
    /// Largest commit or tree object, in bytes; these are parsed in memory.
    package var maxStructureBytes: Int
    /// Most path components from the root of the repository.
    package var maxPathDepth: Int
    /// Longest path below the sub-folder, in bytes.
    package var maxPathBytes: Int
    /// All paths together, in bytes.
    package var maxTotalPathBytes: Int
    /// Largest bundle, and largest sum of the files it unfolds to, in bytes.
    package var maxTotalBytes: Int

    /// The limits a server applies to uploads.
    package static let standard = SourceLimits(
        maxObjects: 200_000,
        maxEntries: 200_000,
        maxObjectBytes: 2 << 30,
        maxStructureBytes: 16 << 20,
        maxPathDepth: 256,
        maxPathBytes: 4096,
        maxTotalPathBytes: 64 << 20,
        maxTotalBytes: 4 << 30
    )

    /// The bound for one object of a type.
    package func maxBytes(of type: GitObjectType) -> Int {
        type == .blob ? maxObjectBytes : min(maxObjectBytes, maxStructureBytes)
    }
}
