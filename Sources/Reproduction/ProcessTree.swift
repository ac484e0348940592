import Foundation
import SystemPackage

/// Finds and signals processes by `/proc` (proc(5), `stat`).
enum ProcessTree {
    /// Sends a signal to every process below `ancestor`, but not to itself.
    static func signal(_ signal: CInt, below ancestor: pid_t) {
        for process in processes(below: ancestor) { _ = kill(process, signal) }
    }

    /// Every process below `ancestor`, without itself.
    ///
    /// Inside a process-id namespace orphans become children of its first process, so detached ones are found too.
    static func processes(below ancestor: pid_t) -> Set<pid_t> {
        let parents = parents()
        var family: Set<pid_t> = [ancestor]
        var grew = true
        while grew {
            let found = parents.filter { family.contains($0.value) && !family.contains($0.key) }.keys
            family.formUnion(found)
            grew = !found.isEmpty
        }
        return family.subtracting([ancestor])
    }

    /// True if the process exists and is not a zombie.
    static func isAlive(_ process: pid_t) -> Bool {
        guard let fields = statusFields(process) else { return false }
        return fields.first != "Z" && fields.first != "X"
    }

    /// The number of the process-id namespace a process is in, or nil if it is gone or not ours to look at.
    static func namespace(of process: pid_t) -> Int64? {
        // The link reads `pid:[4026531836]`.
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/pid"))
            .flatMap { Int64($0.filter(\.isNumber)) }
    }

    private static func parents() -> [pid_t: pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var result: [pid_t: pid_t] = [:]
        for process in names.compactMap({ pid_t($0) }) {
            guard let fields = statusFields(process), fields.count > 1 else { continue }
            result[process] = pid_t(fields[1])
        }
        return result
    }

    /// The fields after the command name, which may hold spaces and brackets itself: state, parent, …
    private static func statusFields(_ process: pid_t) -> [Substring]? {
        guard let text = SmallFile.read(FilePath("/proc/\(process)/stat")), let end = text.lastIndex(of: ")") else {
            return nil
        }
        return text[text.index(after: end)...].split(separator: " ")
    }
}

extension ProcessTree {
    /// The number of threads a user has, which RLIMIT_NPROC counts together with those of a run.
    static func threadCount(ofUser user: uid_t) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.reduce(0) { sum, process in
            var status = stat()
            guard stat("/proc/\(process)", &status) == 0, status.st_uid == user else { return sum }
            // Field 20 of the file, 18th after the command name: num_threads.
            let threads = statusFields(process).flatMap { $0.count > 17 ? Int($0[17]) : nil }
            return sum + (threads ?? 1)
        }
    }
}
