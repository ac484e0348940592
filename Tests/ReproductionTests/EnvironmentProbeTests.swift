import Foundation
import Reproduction
import SystemPackage
import Testing

extension ExecutorConformance {
    /// What the interpreter of a run says of its environment, and what is believed of it.
    @Suite struct EnvironmentProbeTests {
        @Test func onlyFactsAreBelieved() {
            let facts = EnvironmentProbe.parse(
                """
                noise
                assay-facts {"python": "3.11.2", "python.numpy": "1.24.2", "blas.kernel": "Haswell", "cpu.model": "forged", \
                "python.list": [1], "python.empty": ""}
                """)
            #expect(facts == ["python": "3.11.2", "python.numpy": "1.24.2", "blas.kernel": "Haswell"])
            for output in ["", "assay-facts", "assay-facts nonsense", "assay-facts [1]", #"{"python": "3"}"#] {
                #expect(EnvironmentProbe.parse(output) == [:])
            }
            let many = (0...2000).map { "\"python.p\($0)\": \"1\"" }.joined(separator: ", ")
            #expect(EnvironmentProbe.parse("assay-facts {\(many)}") == [:])
        }

        @Test(arguments: Executors.all.map(\.name)) func asksTheInterpreterInTheSandbox(name: String) async throws {
            let executor = try #require(Executors.named(name))
            guard await executor.probe().isAvailable, FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
            else {
                return print("skipped: \(name) does not work here")
            }
            let folder = FileManager.default.temporaryDirectory.appending(path: "assay-probe-\(UUID())").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func probe(_ command: [String], _ place: String) throws -> EnvironmentProbe {
                let workspace = FilePath(folder).appending(place)
                try FileManager.default.createDirectory(atPath: workspace.string, withIntermediateDirectories: false)
                return EnvironmentProbe(
                    executor: executor,
                    request: ExecutionRequest(
                        command: command, environment: ExecutionRequest.defaultEnvironment(cpus: 1, sourceDateEpoch: 0),
                        workFolder: workspace, outputFolder: workspace), workspace: workspace)
            }
            let facts = try await probe(["/usr/bin/python3", "train.py"], "one").facts()
            #expect(facts["python"]?.hasPrefix("3.") == true)
            if FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/numpy") {
                #expect(facts["python.numpy"] != nil && facts["blas.library"] != nil)
            }
            #expect(try await probe(["/bin/sh", "-c", "true"], "two").facts() == [:])
        }
    }
}
