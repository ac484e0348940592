import Foundation
import SystemPackage

/// The control groups of one run: one folder in version 2, or one for each controller in version 1.
///
/// `remove()` must be called once all is done; folders left by a crashed process are removed by the next `create`.
struct ControlGroup: Sendable {
    /// A folder a process joins, and what it is for.
    struct Membership: Sendable, Hashable {
        let path: FilePath
        let version: ControlGroupHierarchy.Version
        let controllers: Set<ControlGroupHierarchy.Controller>
    }

    let memberships: [Membership]

    /// The mechanism that enforces the limit of a controller, or nil if none does.
    func mechanism(for controller: ControlGroupHierarchy.Controller) -> String? {
        memberships.first { $0.controllers.contains(controller) }?.version.rawValue
    }

    /// Highest memory use so far, in bytes.
    var peakMemoryBytes: Int64? {
        folder(.memory).flatMap { membership in
            let name = membership.version == .v2 ? "memory.peak" : "memory.max_usage_in_bytes"
            return SmallFile.read(membership.path.appending(name))
                .flatMap { Int64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
    }

    /// True if the kernel killed a process because the memory limit was reached.
    var ranOutOfMemory: Bool {
        folder(.memory).flatMap { membership in
            let name = membership.version == .v2 ? "memory.events" : "memory.oom_control"
            return SmallFile.number("oom_kill", in: membership.path.appending(name))
        } ?? 0 > 0
    }

    /// Kills every process in the group.
    func kill() {
        for membership in memberships {
            if membership.version == .v2, SmallFile.write("1", to: membership.path.appending("cgroup.kill")) {
                continue
            }
            for line in (SmallFile.read(membership.path.appending("cgroup.procs")) ?? "").split(separator: "\n") {
                if let pid = pid_t(line), pid > 1 { _ = Foundation.kill(pid, SIGKILL) }
            }
        }
    }

    /// Removes the folders; waits up to five seconds for dying processes to leave them.
    func remove() async {
        for membership in memberships {
            for _ in 0..<500 where rmdir(membership.path.string) != 0 && errno == EBUSY {
                kill()
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private func folder(_ controller: ControlGroupHierarchy.Controller) -> Membership? {
        memberships.first { $0.controllers.contains(controller) }
    }
}
