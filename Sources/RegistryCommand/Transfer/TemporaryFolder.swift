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

    /// Takes a folder that is there.
    private init(at path: FilePath) { self.path = path }

    /// Removes what a worker left that was killed: the folders of its jobs and of their runs, named after its process.
    static func removeThose(ofWorker process: pid_t) {
        let place = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        where name.hasPrefix("assay-job-\(process)-") || name.hasPrefix("assay-\(process)-run-") {
            TemporaryFolder(at: FilePath(place).appending(name)).remove()
        }
    }

    /// Removes what workers left that were killed on this machine, a day after: a process with their number may run in
    /// another container that shares the folder.
    static func removeThoseOfLostWorkers(olderThan age: Int = 86_400) {
        let place = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] {
            let words = name.split(separator: "-")
            let number = name.hasPrefix("assay-job-") ? words.dropFirst(2).first : words.dropFirst().first
            guard name.hasPrefix("assay-job-") || name.hasPrefix("assay-") && words.dropFirst(2).first == "run",
                let process = number.flatMap({ pid_t($0) }), kill(process, 0) != 0, errno == ESRCH
            else { continue }
            let folder = TemporaryFolder(at: FilePath(place).appending(name))
            var status = stat()
            guard lstat(folder.path.string, &status) == 0, status.st_uid == getuid(),
                status.st_mode & S_IFMT == S_IFDIR, time(nil) - status.st_mtim.tv_sec > age
            else { continue }
            folder.remove()
        }
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
