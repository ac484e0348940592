import Foundation
package import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension FileBlobStore {
    /// The file of an upload session.
    package func session(_ id: RunID) -> SessionFile { SessionFile(store: self, id: id) }

    /// Throws away what a crash left of uploads, except for the files of sessions that go on.
    ///
    /// Only at a start, when nothing is under way.
    package func discardUploads(keeping sessions: Set<String>) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: uploads) where !sessions.contains(name) {
            unlink(uploads + "/" + name)
        }
    }
}
