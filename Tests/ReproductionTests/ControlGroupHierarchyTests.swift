import Foundation
import Reproduction
import SystemPackage
import Testing

@Suite("Control group hierarchy")
struct ControlGroupHierarchyTests {
    @Test("version 1 offers the own group, then the top of the mount")
    func version1() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "assay-groups-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: base) }
        try FileManager.default.createDirectory(
            at: base.appending(path: "memory/service"), withIntermediateDirectories: true)
        let mount = base.appending(path: "memory").path
        let hierarchy = ControlGroupHierarchy(
            mountinfo: "30 24 0:26 / \(mount) rw,relatime shared:9 - cgroup cgroup rw,memory\n",
            membership: "4:memory:/service\n3:cpu,cpuacct:/\n0::/\n")
        #expect(hierarchy.version1Folders(.memory) == [FilePath("\(mount)/service"), FilePath(mount)])
        #expect(hierarchy.version1Folders(.pids).isEmpty)
        #expect(hierarchy.version2Folders().isEmpty)
    }

    @Test("version 2 offers a delegated group, also when the own one is a leaf below it")
    func version2() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "assay-groups-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: base) }
        let unit = base.appending(path: "assay.service")
        let leaf = unit.appending(path: "server")
        try FileManager.default.createDirectory(at: leaf, withIntermediateDirectories: true)
        try Data("cpuset cpu io memory pids\n".utf8).write(to: unit.appending(path: "cgroup.controllers"))
        try Data("cpu memory pids\n".utf8).write(to: unit.appending(path: "cgroup.subtree_control"))
        try Data("memory\n".utf8).write(to: leaf.appending(path: "cgroup.controllers"))
        let mountinfo = "30 24 0:26 / \(base.path) rw shared:9 - cgroup2 cgroup2 rw\n"
        let below = ControlGroupHierarchy(mountinfo: mountinfo, membership: "0::/assay.service/server\n")
        #expect(below.version2Folders() == [FilePath(unit.path)])
        let inside = ControlGroupHierarchy(mountinfo: mountinfo, membership: "0::/assay.service\n")
        #expect(inside.version2Folders() == [FilePath(unit.path)])
    }

    @Test("a mount that shows only a part of the hierarchy is understood")
    func partialMount() {
        let hierarchy = ControlGroupHierarchy(
            mountinfo: "30 24 0:26 /docker/abc /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n",
            membership: "8:pids:/docker/abc\n")
        #expect(hierarchy.version1Folders(.pids) == ["/sys/fs/cgroup/pids"])
        #expect(ControlGroupHierarchy(mountinfo: "nonsense - x", membership: "").version1Folders(.cpu).isEmpty)
    }
}
