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

    @Test("a root file system of its own has no packages of the host")
    func otherRoot() async {
        let facts = await HostFacts.capture(executor: nil, root: .folder("/"))
        #expect(!facts.values.keys.contains { $0.hasPrefix("package.") || $0 == "blas" })
        #expect(facts.values["root"] == "folder")
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
