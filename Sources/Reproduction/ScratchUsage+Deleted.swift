import Foundation
import SystemPackage

extension ScratchUsage {
    private struct FileIdentity: Hashable {
        let device: dev_t
        let number: ino_t
    }

    /// The longest table of mappings that is read: as many as the kernel allows one process.
    private static let longestTable = 8 << 20

    /// Bytes of deleted files that processes below `ancestor` hold open or mapped on the file systems of the folders; nil if
    /// that cannot be told, because a process hides its files.
    ///
    /// A file that is on its way between processes, with no descriptor of it anywhere, is not seen.
    static func deletedBytes(openedBelow ancestor: pid_t, in folders: [FilePath]) -> Int64? {
        let devices = Set(folders.compactMap { status(of: $0.string)?.st_dev })
        var sizes: [FileIdentity: Int64] = [:]
        for process in ProcessTree.processes(below: ancestor) {
            let folder = "/proc/\(process)/fd"
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
            // One that is gone has no files; one that may not be looked at could have any.
            guard let names else {
                if access(folder, R_OK) != 0, errno == EACCES { return nil }
                continue
            }
            for name in names {
                // Following the link leads to the open file itself, whether or not it has a name.
                guard let status = status(of: "\(folder)/\(name)"), status.st_nlink == 0,
                    status.st_mode & S_IFMT == S_IFREG, devices.contains(status.st_dev)
                else { continue }
                sizes[FileIdentity(device: status.st_dev, number: status.st_ino)] = size(of: status)
            }
            for mapping in deletedMappings(of: process) where devices.contains(mapping.file.device) {
                sizes[mapping.file] = max(sizes[mapping.file] ?? 0, mapping.size)
            }
        }
        return sizes.values.reduce(0, +)
    }

    /// The deleted files that a process has mapped (proc_pid_maps(5)); without the right to look at the file itself, its size
    /// is taken to be the end of what is mapped.
    private static func deletedMappings(of process: pid_t) -> [(file: FileIdentity, size: Int64)] {
        let table = FilePath("/proc/\(process)/maps")
        guard let text = SmallFile.read(table, limit: longestTable), text.contains(" (deleted)") else { return [] }
        return text.split(separator: "\n").compactMap { line -> (file: FileIdentity, size: Int64)? in
            guard line.hasSuffix(" (deleted)") else { return nil }
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard words.count == 6, let number = UInt64(words[4]) else { return nil }
            let range = words[0].split(separator: "-").compactMap { Int64($0, radix: 16) }
            let device = words[3].split(separator: ":").compactMap { dev_t($0, radix: 16) }
            guard range.count == 2, device.count == 2, let offset = Int64(words[2], radix: 16) else { return nil }
            let file = FileIdentity(device: deviceNumber(device[0], device[1]), number: ino_t(number))
            let whole = status(of: "/proc/\(process)/map_files/\(words[0])").map(size)
            return (file, whole ?? offset + range[1] - range[0])
        }
    }

    /// The number by which `stat` knows a device: glibc's `makedev`, a macro.
    private static func deviceNumber(_ major: dev_t, _ minor: dev_t) -> dev_t {
        (major & 0xFFFF_F000) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFF_FF00) << 12 | minor & 0xFF
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
