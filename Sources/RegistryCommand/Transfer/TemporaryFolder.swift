import Foundation
import RegistryTypes
import SystemPackage

/// A folder of one command, readable by its owner only.
struct TemporaryFolder {
    /// Where it is.
    let path: FilePath

    /// Makes a folder in the system's place for temporary files.
    init(_ purpose: String) throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "assay-\(purpose)-XXXXXX")
        var template = Array(place.path(percentEncoded: false).utf8CString)
        guard mkdtemp(&template) != nil else {
            throw RegistryError(
                .invalidPath,
                "no temporary folder can be made at \(place.deletingLastPathComponent().path(percentEncoded: false)); "
                    + "set TMPDIR to a folder with space")
        }
        path = FilePath(platformString: template)
    }

    /// The place of a file or folder inside.
    func url(_ name: String) -> URL { URL(filePath: path.appending(name).string) }

    /// Removes the folder with everything in it, also what a command left without write permission.
    func remove() {
        let manager = FileManager.default
        guard (try? manager.removeItem(atPath: path.string)) == nil else { return }
        let inside = manager.enumerator(atPath: path.string)
        while let name = inside?.nextObject() as? String {
            let item = path.string + "/" + name
            var status = stat()
            if lstat(item, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { chmod(item, 0o700) }
        }
        try? manager.removeItem(atPath: path.string)
    }
}
