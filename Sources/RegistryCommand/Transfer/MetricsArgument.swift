import Foundation
package import RegistryTypes

/// A `--metrics` of a push: `[input=]file`.
package struct MetricsArgument: Sendable, Hashable {
    /// The input that the metrics were measured on, if it was said.
    package let input: String?
    /// The file.
    package let file: String

    /// Parses the argument; a file may have `=` in its name if it has no input in front and exists.
    package init(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        if parts.count == 2, (try? ResourceName(parts[0])) != nil, !FileManager.default.fileExists(atPath: text) {
            input = String(parts[0])
            file = String(parts[1])
        } else {
            input = nil
            file = text
        }
    }

    /// Reads the file; Python's bare NaN and Infinity are allowed.
    package func metrics(of inputs: [RunInput]) throws -> [Metric] {
        let dataset = try input.map { name in
            guard let input = inputs.first(where: { $0.name == name }) else {
                throw RegistryError(
                    .invalidRequest, "--metrics \(name)=… speaks of a dataset that no --dataset \(name)=… names")
            }
            return input.dataset
        }
        return try Self.read(URL(filePath: file), called: file, dataset: dataset)
    }

    /// Reads the metrics of a file, which may hold at most `MetricsFile.maximumSize` bytes.
    static func read(_ file: URL, called path: String, dataset: VersionReference?) throws -> [Metric] {
        guard let handle = try? FileHandle(forReadingFrom: file) else {
            throw RegistryError(.notFound, "there is no metrics file \(path)")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: MetricsFile.maximumSize + 1) ?? Data()
        do {
            return try MetricsFile.parse(data, dataset: dataset)
        } catch let error as RegistryError {
            throw RegistryError(error.code, "\(path): \(error.message)", details: error.details)
        }
    }
}
