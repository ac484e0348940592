import Foundation
import SystemPackage

extension RootUnpacker {
    /// What the names of whiteouts begin with (OCI image specification, "Whiteouts").
    static let whiteout = ".wh."
    /// The name that hides everything that earlier layers brought into its folder.
    private static let opaque = ".wh..wh..opq"

    /// Removes what the whiteouts of a layer hide, before anything of the layer is unpacked: they speak of earlier layers
    /// only, wherever they stand in the archive.
    func applyWhiteouts(_ archive: FilePath) throws {
        var reader = try TarReader(archive)
        while let (entry, _) = try reader.next() {
            try Task.checkCancellation()
            let names = try RootFolder.names(entry.path)
            guard let name = names.last, name.hasPrefix(Self.whiteout) else { continue }
            // Never through a link: what is behind it belongs to another folder.
            let parent = names.dropLast().reduce(root.path) { $0.appending($1) }
            guard root.isFolder(parent) else { continue }
            if name == Self.opaque {
                for child in try FileManager.default.contentsOfDirectory(atPath: parent.string) {
                    try RootFolder.remove(parent.appending(child))
                }
            } else if let hidden = try RootFolder.names(String(name.dropFirst(Self.whiteout.count))).first {
                try RootFolder.remove(parent.appending(hidden))
            }
        }
    }
}
