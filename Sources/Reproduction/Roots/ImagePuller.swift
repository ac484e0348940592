import Foundation
import RegistryTypes
import Subprocess
package import SystemPackage

/// Fetches images from registries by `skopeo`, which knows their protocols and the credentials of this machine's user
/// (`REGISTRY_AUTH_FILE`, or where `skopeo login` keeps them). What it brings is verified by `RootCache`.
package struct ImagePuller: Sendable {
    /// The variables that skopeo may see: where its settings and credentials are, and the way to the network.
    package static let variables = [
        "ALL_PROXY", "DOCKER_CONFIG", "HOME", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "REGISTRY_AUTH_FILE",
        "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "https_proxy", "http_proxy",
        "no_proxy",
    ]

    let program: FilePath
    private let environment: [String: String]

    /// Uses a skopeo with what it needs of the given variables.
    package init(
        program: FilePath = "/usr/bin/skopeo", environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.program = program
        self.environment = environment.filter { Self.variables.contains($0.key) }
            .merging(["PATH": "/usr/bin:/bin", "LC_ALL": "C"]) { $1 }
    }

    /// Whether skopeo is there; whether it is let into a registry, only that registry knows.
    package func availability() async -> ExecutorProbe.Availability {
        let command = [program.string, "--version"]
        let answer = try? await HostCommand.run(command, limit: 4096)
        guard let answer, answer.succeeded else {
            return .unavailable(
                .init(
                    command: command.joined(separator: " "), output: answer?.output ?? "It cannot be started.",
                    advice: "Install it: `apt-get install --no-install-recommends skopeo`."))
        }
        return .available(version: answer.output.split { $0.isWhitespace }.dropFirst(2).first.map(String.init) ?? "")
    }

    /// The manifest or index that a digest names, as the registry has it; nothing is verified yet.
    func manifest(_ image: ImageReference) async throws -> Data {
        let output = try await run(["inspect", "--raw"], tls: "--tls-verify=false", image, [])
        return Data(output)
    }

    /// Writes manifest, configuration and layers of the image that `digest` names into a new folder, in skopeo's `dir:`
    /// layout: `manifest.json`, and each blob under its hexadecimal digest.
    func copy(_ image: ImageReference, into folder: FilePath) async throws {
        _ = try await run(
            ["copy", "--quiet", "--preserve-digests"], tls: "--src-tls-verify=false", image, ["dir:\(folder)"])
    }

    private func run(
        _ arguments: [String], tls: String, _ image: ImageReference, _ rest: [String]
    ) async throws -> [UInt8] {
        guard access(program.string, X_OK) == 0 else {
            throw RootError.cannotUnpack("\(program) is missing. Install it, on Debian with `apt-get install skopeo`.")
        }
        // Plain HTTP is for registries of this machine alone; its settings may name others (containers-registries.conf).
        let transport = image.isOnThisMachine ? [tls] : []
        let limits = ["--fsize=\(RootUnpacker.Limits().bytes)", "--core=0", program.string]
        let command = arguments + transport + ["docker://\(image)"] + rest
        let result = try await Subprocess.run(
            .path("/usr/bin/prlimit"), arguments: Arguments(limits + command),
            environment: .custom(environment.variables),
            input: .none, output: .bytes(limit: ImageManifest.longest), error: .string(limit: 64 << 10))
        guard result.terminationStatus.isSuccess else {
            throw RootError.imageMissing("\(image): \(Self.sentence(result.standardError))")
        }
        return result.standardOutput
    }

    /// What skopeo's last line says, without the time and the level before it.
    private static func sentence(_ output: String) -> String {
        let line = output.split(separator: "\n").last.map(String.init) ?? "skopeo failed without a message"
        guard let begin = line.range(of: "msg=\"") else { return String(line.prefix(500)) }
        return String(line[begin.upperBound...].replacing("\\\"", with: "'").prefix { $0 != "\"" }.prefix(500))
    }
}

extension ImageReference {
    /// Whether the registry is reached over the loopback.
    var isOnThisMachine: Bool {
        host == "localhost" || host == "[::1]" || host.wholeMatch(of: #/127(\.[0-9]{1,3}){3}/#) != nil
    }

    /// Another image of the same repository.
    func sibling(_ digest: Digest) throws -> ImageReference { try ImageReference("\(repository)@\(digest)") }
}
