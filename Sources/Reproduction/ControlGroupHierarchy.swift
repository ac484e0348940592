import Foundation
package import SystemPackage

/// Where control groups are mounted and which of them this process is in (cgroups(7), proc(5) mountinfo).
package struct ControlGroupHierarchy: Sendable {
    /// The interface of a group, with the word written into run records.
    package enum Version: String, Sendable {
        /// One hierarchy for each controller.
        case v1 = "cgroup-v1"
        /// One hierarchy for all.
        case v2 = "cgroup-v2"
    }

    /// The controllers a run is limited by.
    package enum Controller: String, Sendable, CaseIterable {
        /// Memory of all processes.
        case memory
        /// Number of processes and threads.
        case pids
        /// Processor time.
        case cpu
    }

    private struct Mount {
        let root: String
        let point: FilePath
        let isVersion2: Bool
        let options: Set<Substring>
    }

    private let mounts: [Mount]
    /// Own group by controller name of version 1, and by the empty name for version 2.
    private let own: [Substring: String]

    /// Reads the hierarchy of this process.
    package static func current() -> ControlGroupHierarchy {
        ControlGroupHierarchy(
            mountinfo: SmallFile.read("/proc/self/mountinfo") ?? "",
            membership: SmallFile.read("/proc/self/cgroup") ?? "")
    }

    /// Reads the hierarchy that another process is in.
    static func of(_ process: Int32) -> ControlGroupHierarchy {
        ControlGroupHierarchy(
            mountinfo: SmallFile.read("/proc/self/mountinfo") ?? "",
            membership: SmallFile.read(FilePath("/proc/\(process)/cgroup")) ?? "")
    }

    /// Parses the two files of `/proc/self`.
    package init(mountinfo: String, membership: String) {
        mounts = mountinfo.split(separator: "\n").compactMap(Self.mount)
        var own: [Substring: String] = [:]
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for name in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
                own[name] = String(fields[2])
            }
        }
        self.own = own
    }

    /// Folders of version 1 in which a group for a controller may be made: the own group, then the top of the mount.
    package func version1Folders(_ controller: Controller) -> [FilePath] {
        guard let mount = mounts.first(where: { !$0.isVersion2 && $0.options.contains(controller.rawValue[...]) })
        else { return [] }
        let folder = Self.folder(of: own[controller.rawValue[...]] ?? "/", in: mount)
        return folder == mount.point ? [folder] : [folder, mount.point]
    }

    /// Folders of version 2 whose children get all three controllers.
    ///
    /// A group with processes cannot pass controllers on, so besides the own group its parent is offered: that is where
    /// a unit with `Delegate=` and `DelegateSubgroup=` has them.
    package func version2Folders() -> [FilePath] {
        guard let mount = mounts.first(where: \.isVersion2), let path = own[""] else { return [] }
        let folder = Self.folder(of: path, in: mount)
        let candidates = folder == mount.point ? [folder] : [folder, folder.removingLastComponent()]
        return candidates.filter(Self.passesControllersOn)
    }

    /// The group of the process itself that has a controller; nil if there is none below the top.
    func group(_ controller: Controller) -> ControlGroup.Membership? {
        let version1 = mounts.first { !$0.isVersion2 && $0.options.contains(controller.rawValue[...]) }
        guard let mount = version1 ?? mounts.first(where: \.isVersion2),
            let path = own[mount.isVersion2 ? "" : controller.rawValue[...]]
        else { return nil }
        let folder = Self.folder(of: path, in: mount)
        guard folder != mount.point else { return nil }
        return .init(path: folder, version: mount.isVersion2 ? .v2 : .v1, controllers: [controller])
    }

    private static func passesControllersOn(_ folder: FilePath) -> Bool {
        let names = Controller.allCases.map(\.rawValue)
        let offered = Set((SmallFile.read(folder.appending("cgroup.controllers")) ?? "").split { $0.isWhitespace })
        guard names.allSatisfy({ offered.contains($0[...]) }) else { return false }
        let file = folder.appending("cgroup.subtree_control")
        let enabled = Set((SmallFile.read(file) ?? "").split { $0.isWhitespace })
        if names.allSatisfy({ enabled.contains($0[...]) }) { return true }
        return SmallFile.write(names.map { "+" + $0 }.joined(separator: " "), to: file)
    }

    /// The folder of a group seen through a mount, which may show only a part of the hierarchy.
    private static func folder(of group: String, in mount: Mount) -> FilePath {
        let root = mount.root == "/" ? "" : mount.root
        guard group.hasPrefix(root) else { return mount.point }
        let components = group.dropFirst(root.count).split(separator: "/")
        let folder = components.reduce(mount.point) { $0.appending(String($1)) }
        return FileManager.default.fileExists(atPath: folder.string) ? folder : mount.point
    }

    private static func mount(_ line: Substring) -> Mount? {
        let fields = line.split(separator: " ")
        guard let dash = fields.firstIndex(of: "-"), fields.count > dash + 3, dash > 5 else { return nil }
        let type = fields[dash + 1]
        guard type == "cgroup" || type == "cgroup2" else { return nil }
        return Mount(
            root: String(fields[3]), point: FilePath(String(fields[4])),
            isVersion2: type == "cgroup2", options: Set(fields[dash + 3].split(separator: ",")))
    }
}
