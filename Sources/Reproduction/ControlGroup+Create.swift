import Foundation
import SystemPackage

extension ControlGroup {
    private static let prefix = "assay-"
    /// The processes of the sandbox program itself, which the command's own limit must not pay for.
    private static let sandboxProcesses = 2
    private static let period = 100_000

    /// Makes the groups of one run and sets the limits; a controller that cannot be used here is left out.
    static func create(limits: ResourceLimits, hierarchy: ControlGroupHierarchy) -> ControlGroup {
        let name = "\(prefix)\(getpid())-\(UUID().uuidString)"
        if let group = version2(limits, name: name, hierarchy: hierarchy) { return group }
        let memberships = ControlGroupHierarchy.Controller.allCases.compactMap { controller -> Membership? in
            // A loop, because a lazy sequence may call its closure more than once, and making a folder works once.
            for parent in hierarchy.version1Folders(controller) {
                removeAbandoned(in: parent)
                let settings = version1Settings(limits, controller: controller)
                let made = make(
                    parent.appending(name), version: .v1, controllers: [controller],
                    settings: settings.required, wishes: settings.wishes)
                if let made { return made }
            }
            return nil
        }
        return ControlGroup(memberships: memberships)
    }

    private static func version2(
        _ limits: ResourceLimits, name: String, hierarchy: ControlGroupHierarchy
    ) -> ControlGroup? {
        let settings = [
            ("memory.max", String(limits.memoryBytes)),
            ("pids.max", String(limits.pids + sandboxProcesses)),
            ("cpu.max", "\(limits.cpus * period) \(period)"),
        ]
        let wishes = [("memory.swap.max", "0"), ("memory.oom.group", "1")]
        for parent in hierarchy.version2Folders() {
            removeAbandoned(in: parent)
            let made = make(
                parent.appending(name), version: .v2,
                controllers: Set(ControlGroupHierarchy.Controller.allCases), settings: settings, wishes: wishes)
            if let made { return ControlGroup(memberships: [made]) }
        }
        return nil
    }

    private static func version1Settings(
        _ limits: ResourceLimits, controller: ControlGroupHierarchy.Controller
    ) -> (required: [(String, String)], wishes: [(String, String)]) {
        switch controller {
        case .memory:
            let bytes = String(limits.memoryBytes)
            return ([("memory.limit_in_bytes", bytes)], [("memory.memsw.limit_in_bytes", bytes)])
        case .pids:
            return ([("pids.max", String(limits.pids + sandboxProcesses))], [])
        case .cpu:
            let quota = ("cpu.cfs_quota_us", String(limits.cpus * period))
            return ([("cpu.cfs_period_us", String(period)), quota], [])
        }
    }

    /// Makes one folder and writes its settings; if a required one fails, the folder is removed again.
    private static func make(
        _ path: FilePath, version: ControlGroupHierarchy.Version,
        controllers: Set<ControlGroupHierarchy.Controller>,
        settings: [(String, String)], wishes: [(String, String)]
    ) -> Membership? {
        guard mkdir(path.string, 0o755) == 0 else { return nil }
        let joinable = access(path.appending("cgroup.procs").string, W_OK) == 0
        guard joinable, settings.allSatisfy({ SmallFile.write($0.1, to: path.appending($0.0)) }) else {
            rmdir(path.string)
            return nil
        }
        for wish in wishes { _ = SmallFile.write(wish.1, to: path.appending(wish.0)) }
        return Membership(path: path, version: version, controllers: controllers)
    }

    /// Removes empty groups of processes that no longer exist: what a crash leaves behind.
    private static func removeAbandoned(in parent: FilePath) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard let pid = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ pid_t($0) }) else {
                continue
            }
            if Foundation.kill(pid, 0) != 0, errno == ESRCH { rmdir(parent.appending(name).string) }
        }
    }
}
