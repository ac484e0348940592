import Foundation
import RegistryTypes
import SystemPackage
import Testing

/// A registry on the loopback that serves one image, until `stop`.
struct ImageRegistry {
    private struct Said: Decodable {
        let name: String
        let manifest: String
        let index: String
        let other: String
    }

    /// What the layers are compressed with, or how the registry lies: see `Tests/Fixtures/images/registry.py`.
    enum Mode: String, Sendable {
        case gzip, zstd, none
        case wrongPlainDigest = "diff-id"
        case wrongLayer = "layer"
        case wrongManifest = "manifest"

        fileprivate var arguments: [String] {
            switch self {
            case .gzip, .zstd, .none: ["--compression", rawValue]
            case .wrongPlainDigest, .wrongLayer, .wrongManifest: ["--lie", rawValue]
            }
        }
    }

    /// The image's own manifest, the index that names it, and the manifest for another platform.
    let manifest, index, other: ImageReference
    private let process = Process()
    private let input = Pipe()

    /// Starts a registry with an image of plain tar archives; nil if a program is missing, which fails in CI.
    init?(_ layers: [FilePath], _ mode: Mode = .gzip) throws {
        for program in ["/usr/bin/skopeo", "/usr/bin/docker-registry", "/usr/bin/zstd"]
        where !FileManager.default.isExecutableFile(atPath: program) {
            let reason = "\(program) is missing"
            if ProcessInfo.processInfo.environment["CI"] == nil {
                print("SKIPPED: \(reason)")
            } else {
                Issue.record(Comment(rawValue: reason))
            }
            return nil
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/images/registry.py").standardizedFileURL.path
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [script] + mode.arguments + layers.map(\.string)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while line.last != 0x0A, let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            line += byte
        }
        let said = try JSONDecoder().decode(Said.self, from: line)
        manifest = try ImageReference("\(said.name)@\(said.manifest)")
        index = try ImageReference("\(said.name):ignored@\(said.index)")
        other = try ImageReference("\(said.name)@\(said.other)")
    }

    /// Ends the registry; the image is gone then.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
