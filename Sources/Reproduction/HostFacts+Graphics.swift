import Foundation

extension HostFacts {
    /// The graphics cards and their driver, where NVIDIA's tool is there and works.
    static func graphicsFacts() async -> [String: String] {
        let tool = "/usr/bin/nvidia-smi"
        guard FileManager.default.isExecutableFile(atPath: tool),
            let outcome = try? await HostCommand.run(
                [tool, "--query-gpu=name,driver_version", "--format=csv,noheader"], limit: 64 << 10), outcome.succeeded
        else { return [:] }
        return graphicsFacts(query: outcome.output)
    }

    /// Facts from lines of `<model>, <driver>`.
    package static func graphicsFacts(query: String) -> [String: String] {
        let cards = query.split(separator: "\n").map { line in
            line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }.filter { $0.count == 2 }
        guard let driver = cards.first?[1] else { return [:] }
        return ["gpu.model": cards.map { $0[0] }.joined(separator: "; "), "gpu.driver": driver]
    }
}
