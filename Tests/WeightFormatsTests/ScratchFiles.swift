import Foundation
import RegistryTypes
import WeightFormats

/// Files of a test, written to a folder of their own that goes with the value.
final class ScratchFiles {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "assay-weights-\(UUID())")
    private var count = 0

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The bytes of a committed file.
    static func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: WeightComparisonTests.fixtures.appending(path: name))
    }

    /// Maps a new file of these bytes.
    func map(_ data: Data) throws -> MappedFile {
        count += 1
        let path = folder.appending(path: "\(count)").path
        try data.write(to: URL(filePath: path))
        return try MappedFile(path: path)
    }

    /// Opens bytes as if they were called `name`.
    func open(_ data: Data, as name: String) throws -> WeightFile {
        let file = try map(data)
        return try KnownWeightFormats.detect(fileName: name, file: file).open(file, layout: nil)
    }

    /// Compares two files of the same name.
    func compare(_ original: Data, _ reproduced: Data, as name: String) throws -> OutputEvidence {
        WeightComparison.compare(
            original: ComparedFile(try map(original), digest: Digest.of(original)),
            reproduced: ComparedFile(try map(reproduced), digest: Digest.of(reproduced)),
            output: ComparedOutput(path: try ArtifactPath(name)))
    }
}

extension Data {
    /// The text with one place changed; the place must be there.
    func replacing(_ old: String, _ new: String) throws -> Data {
        let text = String(decoding: self, as: UTF8.self)
        guard let range = text.range(of: old) else { throw CocoaError(.featureUnsupported) }
        return Data(text.replacingCharacters(in: range, with: new).utf8)
    }
}
