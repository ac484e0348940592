import BlobStore
import Foundation
import RegistryTypes

extension ModelRegistry {
    /// The longest target of a symbolic link, in bytes.
    private static let longestTarget: Int64 = 4096

    /// Throws `invalid-path` for a symbolic link that leads out of the artifact: no client shall have to find out.
    func checkLinks(of manifest: ArtifactManifest) async throws {
        let links = manifest.files.filter { $0.mode == .symlink }
        guard !links.isEmpty else { return }
        let store = blobs
        try await Blocking.run {
            for link in links {
                guard link.size <= Self.longestTarget else {
                    throw RegistryError(.invalidPath, "the target of the symbolic link \(link.path) is too long")
                }
                let bytes = try Data(contentsOf: URL(filePath: store.path(of: link.sha256)))
                guard let target = String(data: bytes, encoding: .utf8), link.path.mayLink(to: target) else {
                    throw RegistryError(
                        .invalidPath, "the symbolic link \(link.path) leads out of the artifact; push the file itself")
                }
            }
        }
    }
}
