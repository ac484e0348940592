import Foundation
import SystemPackage

/// Counts what a run has written.
enum ScratchUsage {
    /// Most files and folders counted; a run with more has exceeded its scratch space.
    static let mostEntries = 200_000

    private struct Exceeded: Error {}

    /// True if the files below the folders reach `limit` bytes, are too many or too deep, or cannot be counted.
    ///
    /// Files already deleted count while a process below `ancestor` has them open or mapped, since they fill the disk as well.
    ///
    /// A file counts with its length or its allocated blocks, whichever is more, so that sparse files count as large.
    static func exceeds(_ limit: Int64, in folders: [FilePath], openedBelow ancestor: pid_t? = nil) -> Bool {
        var bytes: Int64 = 0
        if let ancestor {
            guard let deleted = deletedBytes(openedBelow: ancestor, in: folders), deleted < limit else { return true }
            bytes = deleted
        }
        var entries = 0
        for folder in folders {
            let descriptor = open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { return true }
            do {
                try FolderWalk.walk(closing: descriptor) { _, entry in
                    entries += 1
                    bytes += size(of: entry.status)
                    if bytes >= limit || entries > mostEntries { throw Exceeded() }
                }
            } catch {
                return true
            }
        }
        return false
    }

    static func size(of status: stat) -> Int64 {
        let length = status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0
        return max(length, Int64(status.st_blocks) * 512)
    }
}
