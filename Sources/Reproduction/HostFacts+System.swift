import Foundation
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension HostFacts {
    /// Processor features by which numerical libraries choose their code on x86 and Arm.
    private static let relevantFlags: Set<Substring> = [
        "asimd", "asimddp", "asimdhp", "avx", "avx2", "avx_vnni", "bf16", "f16c", "fma", "fma4", "i8mm", "sse2",
        "sse4_1", "sse4_2", "ssse3", "sve", "sve2",
    ]

    /// Facts from the first processor of `/proc/cpuinfo`.
    package static func processorFacts(cpuinfo: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in cpuinfo.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, fields[parts[0]] == nil { fields[parts[0]] = parts[1] }
        }
        var values = ["cpu.cores": String(ProcessInfo.processInfo.activeProcessorCount)]
        values["cpu.vendor"] = fields["vendor_id"] ?? fields["CPU implementer"]
        values["cpu.model"] = fields["model name"] ?? fields["CPU part"]
        values["cpu.flags"] = (fields["flags"] ?? fields["Features"]).map { flags in
            flags.split(separator: " ")
                .filter { relevantFlags.contains($0) || $0.hasPrefix("avx512") || $0.hasPrefix("amx") }
                .sorted().joined(separator: " ")
        }
        return values
    }

    /// Kernel, architecture, C library and distribution.
    static func systemFacts() -> [String: String] {
        var values: [String: String] = [:]
        var names = utsname()
        if uname(&names) == 0 {
            values["kernel"] = text(&names.release)
            values["arch"] = text(&names.machine)
        }
        #if canImport(Glibc)
            var version = [CChar](repeating: 0, count: 64)
            if confstr(CInt(_CS_GNU_LIBC_VERSION), &version, version.count) > 0 {
                values["libc"] = String(
                    decoding: version.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            }
        #endif
        let release = SmallFile.read("/etc/os-release") ?? ""
        values["os"] = osName(release)
        return values
    }

    /// The name in the text of an os-release file.
    static func osName(_ release: String) -> String? {
        release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }.map {
            $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: .init(charactersIn: "\""))
        }
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
