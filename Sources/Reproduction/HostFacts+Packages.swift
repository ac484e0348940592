import Foundation
import RegistryTypes

extension HostFacts {
    /// Debian packages whose version can change trained weights; patterns of dpkg-query.
    private static let packages = [
        "libatlas3-base", "libblas3", "libblis*", "libgomp1", "libgsl27", "liblapack3", "libmkl-rt",
        "libopenblas0*", "libstdc++6", "libtorch1*", "python3", "python3-joblib", "python3-minimal",
        "python3-numpy", "python3-pandas", "python3-scipy", "python3-sklearn", "python3-torch",
    ]

    /// Versions of the interpreter and of numerical libraries, and the library chosen as BLAS.
    static func packageFacts() async -> [String: String] {
        var values = await versions()
        values["packages.debian"] = await inventory()
        let link = "/etc/alternatives/libblas.so.3"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/etc/alternatives")) ?? []
        // Debian adds the architecture: libblas.so.3-x86_64-linux-gnu.
        if let name = names.sorted().first(where: { $0 == "libblas.so.3" || $0.hasPrefix("libblas.so.3-") }) {
            let folder = (link as NSString).deletingLastPathComponent
            values["blas"] = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
        }
        return values
    }

    /// How many Debian packages there are, and the SHA-256 of their sorted names and versions.
    private static func inventory() async -> String? {
        let command = ["/usr/bin/dpkg-query", "--show", "--showformat", "${db:Status-Abbrev}${Package} ${Version}\\n"]
        guard let outcome = try? await HostCommand.run(command, limit: 4 << 20), outcome.succeeded else { return nil }
        let installed = outcome.output.split(separator: "\n").filter { $0.hasPrefix("ii") }.sorted()
        return "\(installed.count) packages, \(Digest.of(Data(installed.joined(separator: "\n").utf8)))"
    }

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

    private static func versions() async -> [String: String] {
        let format = "${db:Status-Abbrev}\\t${Package}\\t${Version}\\n"
        let command = ["/usr/bin/dpkg-query", "--show", "--showformat", format] + packages
        // Its exit code says that some of the names are unknown, which is normal.
        guard let outcome = try? await HostCommand.run(command, limit: 256 << 10) else { return [:] }
        var values: [String: String] = [:]
        for line in outcome.output.split(separator: "\n") {
            let fields = line.split(separator: "\t")
            guard fields.count == 3, fields[0].hasPrefix("ii") else { continue }
            values["package.\(fields[1])"] = String(fields[2])
        }
        return values
    }
}
