/// What was found in the files of a version when it was pushed: formats, and the names that they make a loader import.
///
/// Files of general formats that import nothing (JSON, CSV, text) are left out.
public struct ScannedFiles: Codable, Hashable, Sendable {
    /// The most files that are listed.
    public static let longestList = 1000
    /// The most names of one file.
    public static let mostNames = 200

    /// One file.
    public struct File: Codable, Hashable, Sendable {
        public var path: ArtifactPath
        /// The format it was read as; `raw` for one that is not known.
        public var format: String
        /// The dotted names of classes and functions that loading it imports; absent where it imports nothing.
        public var imports: [String]?
        /// Why it cannot be said what loading it does. Such a file counts as unsafe, never as clean.
        public var unknown: String?

        /// Describes a file.
        public init(path: ArtifactPath, format: String, imports: [String]? = nil, unknown: String? = nil) {
            self.path = path
            self.format = format
            self.imports = imports
            self.unknown = unknown
        }
    }

    public var files: [File] = []
    /// How many further files there are.
    public var omitted = 0

    /// Nothing found yet.
    public init() {}

    /// Adds a file, as far as there is room.
    public mutating func add(_ file: File) {
        guard files.count < Self.longestList else {
            omitted += 1
            return
        }
        files.append(file)
    }
}
