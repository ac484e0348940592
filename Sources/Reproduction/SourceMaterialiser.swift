package import Foundation
package import RegistryTypes

/// Writes a proven source into an empty folder: exactly the bytes and modes of the commit, no filters, no attributes.
///
/// The bytes were hashed when the source was verified and are not hashed again. Symbolic links are created as they
/// are, whatever they point to: read the folder from inside the sandbox, or with `O_NOFOLLOW`.
package struct SourceMaterialiser: Sendable {
    /// Creates a materialiser; it holds no state.
    package init() {}

    /// Writes all entries of a source.
    ///
    /// Files get mode 0644 or 0755 and folders 0755 whatever the umask; files get the commit's time, so that two
    /// materialisations are alike. Nothing is overwritten and no link is followed. After an error the folder holds a
    /// part of the source: remove it.
    ///
    /// - Parameters:
    ///   - source: the proof, made from the same bundle.
    ///   - bundle: the bundle file; it is mapped, never copied into memory.
    ///   - folder: an existing, empty folder.
    /// - Throws: ``SourceMaterialiserError``, or Foundation's error when the bundle cannot be read.
    package func write(_ source: VerifiedSource, bundle: URL, into folder: URL) throws {
        let mapped = try Data(contentsOf: bundle, options: .alwaysMapped)
        guard mapped.count == source.bundleBytes else {
            throw SourceMaterialiserError.bundleChanged(expectedBytes: source.bundleBytes, foundBytes: mapped.count)
        }
        var writer = try SourceTreeWriter(emptyFolder: folder.path(percentEncoded: false), time: source.commitTime)
        try mapped.withUnsafeBytes { bytes in
            for entry in source.entries {
                try writer.write(entry, content: UnsafeRawBufferPointer(rebasing: bytes[entry.range]))
            }
        }
    }

    /// Writes a source and then applies the changes that were not committed.
    ///
    /// - Parameter patch: a patch as ``applyPatch(at:to:in:)`` takes it, or nil for a clean work tree.
    /// - Returns: what is missing from the result: the source's own list and what the patch adds to it.
    /// - Throws: as ``write(_:bundle:into:)`` and ``applyPatch(at:to:in:)``.
    package func materialise(
        _ source: VerifiedSource, bundle: URL, patch: URL?, into folder: URL
    ) async throws -> [String] {
        try write(source, bundle: bundle, into: folder)
        guard let patch else { return source.incomplete }
        return try await source.incomplete + applyPatch(at: patch, to: source, in: folder)
    }
}
