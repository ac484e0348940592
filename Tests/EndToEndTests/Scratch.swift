import Foundation

/// A folder that goes with its owner.
final class Scratch: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "assay-e2e-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ name: String, _ data: Data) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try data.write(to: URL(filePath: file))
        return file
    }
}
