import Foundation
import Testing

/// A registry on the loopback with an image that holds a shell and a few programs, until `stop`.
struct ImageRegistry {
    private struct Said: Decodable {
        let name: String
        let manifest: String
        let index: String
    }

    /// `127.0.0.1:<port>/tests/python`
    let name: String
    /// The digest of the image's manifest, and of the index that names it.
    let manifest, index: String
    private let process = Process()
    private let input = Pipe()

    /// Builds the image of programs of this machine and starts the registry.
    init(_ programs: [String], in scratch: Scratch) async throws {
        let layer = try await Tool.run(
            "/bin/sh",
            [
                "-c",
                """
                mkdir image && cd image
                for file in "$@" $(ldd "$@" | grep -o '/[^ ]*' | tr -d :); do
                    mkdir -p .$(dirname $file) && cp -L $file .$file; done
                echo inside >etc-of-the-image
                tar -cf ../layer.tar .
                """, "sh",
            ] + programs, folder: scratch.path)
        try #require(layer.code == 0, "\(layer)")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/images/registry.py").standardizedFileURL.path
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [script, scratch.path + "/layer.tar"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while line.last != 0x0A, let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            line += byte
        }
        let said = try JSONDecoder().decode(Said.self, from: line)
        (name, manifest, index) = (said.name, said.manifest, said.index)
    }

    /// Ends the registry; the image is gone then.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
