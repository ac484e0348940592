import Foundation
import SystemPackage

extension ScratchUsage {
    private struct FileIdentity: Hashable {
        let device: dev_t
        let number: ino_t
    }

    /// Bytes of deleted files that processes below `ancestor` hold open on the file systems of the folders.
    static func deletedBytes(openedBelow ancestor: pid_t, in folders: [FilePath]) -> Int64 {
        let devices = Set(folders.compactMap { status(of: $0.string)?.st_dev })
        var sizes: [FileIdentity: Int64] = [:]
        for process in ProcessTree.processes(below: ancestor) {
            let folder = "/proc/\(process)/fd"
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                // Following the link leads to the open file itself, whether or not it has a name.
                guard let status = status(of: "\(folder)/\(name)"), status.st_nlink == 0,
                    status.st_mode & S_IFMT == S_IFREG, devices.contains(status.st_dev)
                else { continue }
                sizes[FileIdentity(device: status.st_dev, number: status.st_ino)] = size(of: status)
            }
        }
        return sizes.values.reduce(0, +)
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
