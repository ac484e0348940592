import Foundation
import RegistryTypes

extension HostFacts {
    /// Debian packages whose version can change trained weights.
    private static let packages: Set<Substring> = [
        "libatlas3-base", "libblas3", "libgomp1", "libgsl27", "liblapack3", "libmkl-rt", "libstdc++6", "python3",
        "python3-joblib", "python3-minimal", "python3-numpy", "python3-pandas", "python3-scipy", "python3-sklearn",
        "python3-torch",
    ]
    /// The same for names that end in a version.
    private static let families = ["libblis", "libopenblas0", "libtorch1"]

    /// Versions of the interpreter and of numerical libraries, from the text of `/var/lib/dpkg/status`; and how many
    /// packages are installed, with the SHA-256 of their sorted names and versions.
    package static func packageFacts(status: String) -> [String: String] {
        var values: [String: String] = [:]
        var installed: [String] = []
        var (name, version, isInstalled): (Substring?, Substring?, Bool) = (nil, nil, false)
        func endStanza() {
            if let name, let version, isInstalled {
                installed.append("\(name) \(version)")
                if packages.contains(name) || families.contains(where: name.hasPrefix) {
                    values["package.\(name)"] = String(version)
                }
            }
            (name, version, isInstalled) = (nil, nil, false)
        }
        for bytes in status.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let first = bytes.first else {
                endStanza()
                continue
            }
            // Most lines belong to fields that say nothing here.
            guard "PSV".utf8.contains(first) else { continue }
            let line = Substring(bytes)
            if line.hasPrefix("Package: ") { name = line.dropFirst("Package: ".count) }
            if line.hasPrefix("Version: ") { version = line.dropFirst("Version: ".count) }
            if line.hasPrefix("Status: ") { isInstalled = line.hasSuffix(" ok installed") }
        }
        endStanza()
        guard !installed.isEmpty else { return [:] }
        let digest = Digest.of(Data(installed.sorted().joined(separator: "\n").utf8))
        values["packages.debian"] = "\(installed.count) packages, \(digest)"
        return values
    }

    /// The library behind libblas.so.3 on this host.
    static func basicLinearAlgebra() -> String? {
        let folder = "/etc/alternatives"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // Debian adds the architecture: libblas.so.3-x86_64-linux-gnu.
        return names.sorted().first { $0 == "libblas.so.3" || $0.hasPrefix("libblas.so.3-") }.flatMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
    }
}
