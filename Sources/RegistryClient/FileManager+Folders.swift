import Foundation
import RegistryTypes

extension FileManager {
    /// Makes a folder and those above it; throws `invalid-path` in words for a user.
    func makeFolder(_ folder: URL) throws {
        do {
            try createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            var path = folder.path(percentEncoded: false)
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            var isFolder: ObjCBool = false
            let isTaken = fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            throw RegistryError(
                .invalidPath,
                isTaken
                    ? "\(path) is a file, not a folder; choose another place"
                    : "the folder \(path) cannot be made; look whether it may be written there, or choose another place"
            )
        }
    }
}
