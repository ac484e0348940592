public import Foundation

/// The files of an artifact; the SHA-256 of its canonical JSON is the artifact digest.
public struct ArtifactManifest: Hashable, Sendable {
    /// The files, sorted by the bytes of their paths.
    public let files: [ArtifactFile]

    /// Sorts and checks the files.
    ///
    /// Throws `invalid-path` for a path that stands twice (also in another case or Unicode form, which some file
    /// systems cannot keep apart) or that is both a file and a folder; `invalid-request` for sizes and media types.
    public init(_ files: [ArtifactFile]) throws {
        guard (1...100_000).contains(files.count) else {
            throw RegistryError(.invalidRequest, "an artifact has 1 to 100,000 files, not \(files.count)")
        }
        self.files = files.sorted { $0.path < $1.path }
        var taken: [String: ArtifactPath] = [:]
        var folders: Set<String> = []
        for file in self.files {
            guard file.size >= 0, file.size <= Int64(JSONValue.exactIntegers.upperBound) else {
                throw RegistryError(.invalidRequest, "\(file.path) has an impossible size")
            }
            guard Self.isMediaType(file.mediaType) else {
                throw RegistryError(.invalidRequest, "\(file.path) has a malformed media type")
            }
            let folded = file.path.text.lowercased()
            if let other = taken.updateValue(file.path, forKey: folded) { throw Self.clash(other, file.path) }
            var parts = folded.split(separator: "/").dropLast()
            while !parts.isEmpty, folders.insert(parts.joined(separator: "/")).inserted { parts.removeLast() }
        }
        if let both = folders.intersection(taken.keys).min() {
            throw RegistryError(.invalidPath, "the path \(both) is both a file and a folder")
        }
    }

    /// The RFC 8785 bytes that are hashed: an array of {mediaType, mode, path, sha256, size}.
    public func canonicalBytes() throws -> Data { try files.canonicalJSON() }

    /// The artifact digest.
    public func digest() throws -> Digest { Digest.of(try canonicalBytes()) }

    /// The length of all files together, in bytes.
    public var totalSize: Int64 { files.reduce(0) { $0 + $1.size } }

    private static func clash(_ one: ArtifactPath, _ other: ArtifactPath) -> RegistryError {
        guard !one.text.utf8.elementsEqual(other.text.utf8) else {
            return RegistryError(.invalidPath, "the path \(one) stands twice in the artifact")
        }
        return RegistryError(
            .invalidPath,
            "the paths \(one) and \(other) differ only in case or Unicode form, which some file systems cannot keep "
                + "apart; rename one of them")
    }

    private static func isMediaType(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 255 && parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
    }
}
