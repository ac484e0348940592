import Foundation
import Reproduction
import SystemPackage
import Testing

@Suite("Host facts")
struct HostFactsTests {
    @Test("the same host has the same facts")
    func stable() async throws {
        let first = await HostFacts.capture(executor: nil, root: .host)
        let second = await HostFacts.capture(executor: nil, root: .host)
        #expect(first == second)
        #expect(first.values["root"] == "host")
        for key in ["arch", "cpu.cores", "kernel"] { #expect(first.values[key]?.isEmpty == false) }
        let decoded = try JSONDecoder().decode(HostFacts.self, from: JSONEncoder().encode(first))
        #expect(decoded == first)
        print(first.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n"))
    }

    @Test("a root file system of its own has its own packages")
    func otherRoot() async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "assay-root-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: place) }
        func write(_ path: String, _ text: String) throws {
            let file = URL(filePath: "\(place)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: false, encoding: .utf8)
        }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        let empty = await HostFacts.capture(executor: nil, root: .folder(FilePath(place)))
        #expect(!empty.values.keys.contains { $0.hasPrefix("package") || ["blas", "libc", "os"].contains($0) })
        #expect(empty.values["root"] == "folder")
        try write("real/lib/dpkg/status", "Package: python3\nStatus: install ok installed\nVersion: 9\n")
        try write("usr/lib/os-release", "NAME=x\nPRETTY_NAME=\"Small System\"\n")
        try FileManager.default.createSymbolicLink(atPath: place + "/var", withDestinationPath: "real")
        let linked = await HostFacts.capture(executor: nil, root: .folder(FilePath(place)))
        #expect(linked.values["package.python3"] == nil, "a link could lead to files of the host")
        #expect(linked.values["os"] == "Small System")
        try FileManager.default.removeItem(atPath: place + "/var")
        try FileManager.default.moveItem(atPath: place + "/real", toPath: place + "/var")
        let found = await HostFacts.capture(executor: nil, root: .folder(FilePath(place)))
        #expect(found.values["package.python3"] == "9")
    }

    @Test("what is installed is read from dpkg's own file")
    func packages() {
        let facts = HostFacts.packageFacts(
            status: """
                Package: python3-numpy
                Status: install ok installed
                Version: 1:1.24.2-1
                Description: Package: not a field
                 Version: 7

                Package: libopenblas0-pthread
                Status: hold ok installed
                Version: 0.3.21

                Package: libblas3
                Status: deinstall ok config-files
                Version: 3.11

                Package: vim
                Version: 9
                Status: install ok installed
                """)
        #expect(facts["package.python3-numpy"] == "1:1.24.2-1" && facts["package.libopenblas0-pthread"] == "0.3.21")
        #expect(facts["package.libblas3"] == nil && facts["package.vim"] == nil)
        #expect(facts["packages.debian"]?.hasPrefix("3 packages, sha256:") == true)
        #expect(HostFacts.packageFacts(status: "nonsense") == [:])
    }

    @Test("graphics cards are read from the tool's lines")
    func graphics() {
        #expect(
            HostFacts.graphicsFacts(query: "Card A, 550.1\nCard B, 550.1\n") == [
                "gpu.model": "Card A; Card B", "gpu.driver": "550.1",
            ])
        #expect(HostFacts.graphicsFacts(query: "No devices were found\n") == [:])
    }

    @Test("processor facts are read on x86 and on Arm")
    func processors() {
        let intel = HostFacts.processorFacts(
            cpuinfo: """
                processor\t: 0
                vendor_id\t: GenuineIntel
                model name\t: Some CPU @ 2.0GHz: fast
                flags\t\t: fpu avx2 avx sse4_2 avx512f fma hypervisor

                processor\t: 1
                vendor_id\t: Other
                """)
        #expect(intel["cpu.vendor"] == "GenuineIntel")
        #expect(intel["cpu.model"] == "Some CPU @ 2.0GHz: fast")
        #expect(intel["cpu.flags"] == "avx avx2 avx512f fma sse4_2")
        let arm = HostFacts.processorFacts(
            cpuinfo: "Features\t: fp asimd sve\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n")
        #expect(arm["cpu.vendor"] == "0x41")
        #expect(arm["cpu.flags"] == "asimd sve")
    }
}
