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

    /// How old what a lost worker left has to be, in seconds: a process with its number may run in another container that
    /// shares the folder.
    private static let lostAge = 86_400

    /// Removes what a worker left that was killed: the folders of its jobs and of their runs, named after its process.
    static func removeThose(ofWorker process: pid_t) {
        for (folder, worker) in ofWorkers where worker == process { folder.remove() }
    }

    /// Removes what workers left that were killed on this machine, a day after.
    static func removeThoseOfLostWorkers() {
        for (folder, worker) in ofWorkers where kill(worker, 0) != 0 && errno == ESRCH {
            var status = stat()
            guard lstat(folder.path.string, &status) == 0, status.st_uid == getuid(),
                status.st_mode & S_IFMT == S_IFDIR, time(nil) - status.st_mtim.tv_sec > lostAge
            else { continue }
            folder.remove()
        }
    }

    /// The folders of workers in the system's place for temporary files, `assay-job-<process>-…` and
    /// `assay-<process>-run-…`, each with the process.
    private static var ofWorkers: [(folder: TemporaryFolder, worker: pid_t)] {
        let place = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        return ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).compactMap { name in
            let words = name.split(separator: "-")
            guard words.count > 3, words[0] == "assay", words[1] == "job" || words[2] == "run" else { return nil }
            guard let worker = pid_t(words[1] == "job" ? words[2] : words[1]) else { return nil }
            return (TemporaryFolder(at: FilePath(place).appending(name)), worker)
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
