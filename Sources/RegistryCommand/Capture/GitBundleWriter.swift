import RegistryTypes
import Subprocess

/// Writes a source bundle in the order ``SourceBundleReader`` documents, asking git for each object.
struct GitBundleWriter {
    /// As many requests as always fit into a pipe (64 KiB), so that git and this process never wait for each other.
    private static let maxOpenRequests = 512

    private struct Folder {
        let entries: [GitTreeEntry]
        let path: String
        var next = 0
    }

    private let requests: StandardInputWriter
    private var answers: GitObjectStream
    private var file: CaptureFile
    private let limits: SourceLimits
    private var written: Set<GitObjectID> = []
    private var folders: [Folder] = []

    init(requests: StandardInputWriter, answers: SubprocessOutputSequence, file: CaptureFile, limits: SourceLimits) {
        self.requests = requests
        self.answers = GitObjectStream(answers)
        self.file = file
        self.limits = limits
    }

    mutating func write(commit: GitObjectID, subfolder: SourceSubfolder) async throws -> (size: Int, sha256: String) {
        let content = try await structure(commit, .commit)
        let root = try content.withUnsafeBytes { try GitCommitObject(content: $0, id: commit).tree }
        var folder = try await tree(root, path: "")
        for name in subfolder.components {
            let entry = folder.entries.first { $0.name.utf8.elementsEqual(name.utf8) }
            guard let entry, entry.kind == .tree else {
                throw GitCaptureError.folderNotCommitted(subfolder: subfolder.description, commit: commit.hex)
            }
            let above = folder.path.isEmpty ? "" : folder.path + "/"
            folder = try await tree(entry.id, path: above + name)
        }
        folders = [folder]
        try await writeFolders()
        return (file.size, try file.finish())
    }

    private mutating func writeFolders() async throws {
        while let index = folders.indices.last {
            let blobs = nextBlobs(at: index)
            try await write(blobs)
            guard folders[index].next < folders[index].entries.count else {
                folders.removeLast()
                continue
            }
            let entry = folders[index].entries[folders[index].next]
            folders[index].next += 1
            if entry.kind == .tree, !written.contains(entry.id) {
                let above = folders[index].path.isEmpty ? "" : folders[index].path + "/"
                folders.append(try await tree(entry.id, path: above + entry.name))
            }
        }
    }

    /// Takes the files up to the next folder that are not written yet.
    private mutating func nextBlobs(at index: Int) -> [GitObjectID] {
        let entries = folders[index].entries[folders[index].next...].prefix { $0.kind != .tree }
        folders[index].next += entries.count
        return entries.filter { $0.kind != .submodule && written.insert($0.id).inserted }.map(\.id)
    }

    private mutating func write(_ blobs: [GitObjectID]) async throws {
        for start in stride(from: 0, to: blobs.count, by: Self.maxOpenRequests) {
            let batch = blobs[start..<min(start + Self.maxOpenRequests, blobs.count)]
            try await request(batch)
            for id in batch { try await receive(id, .blob) { _ in } }
        }
    }

    private mutating func tree(_ id: GitObjectID, path: String) async throws -> Folder {
        let content = try await structure(id, .tree)
        return Folder(
            entries: try content.withUnsafeBytes { try GitTree(content: $0, id: id, path: path).entries }, path: path)
    }

    /// Asks for a commit or tree, writes it and returns its content.
    private mutating func structure(_ id: GitObjectID, _ type: GitObjectType) async throws -> [UInt8] {
        var content: [UInt8] = []
        written.insert(id)
        try await request([id])
        try await receive(id, type) { content.append(contentsOf: $0) }
        return content
    }

    private func request(_ ids: some Collection<GitObjectID>) async throws {
        let lines = ids.flatMap { Array($0.hex.utf8) + [UInt8(ascii: "\n")] }
        _ = try await requests.write(lines)
    }

    private mutating func receive(
        _ id: GitObjectID, _ type: GitObjectType, keep: (UnsafeRawBufferPointer) -> Void
    ) async throws {
        let (found, size) = try await answers.header(expecting: id)
        guard found == type else { throw GitCaptureError.damagedObject(id.hex) }
        guard size <= limits.maxBytes(of: type) else {
            throw GitCaptureError.tooLarge(what: "The \(type.rawValue) \(id)", limit: limits.maxBytes(of: type))
        }
        guard written.count <= limits.maxObjects else {
            throw SourceProofError.limitExceeded("the objects of a source", limits.maxObjects, unit: "objects")
        }
        var hasher = GitObjectHasher(id.algorithm)
        let header = type.header(size: size)
        try header.withUnsafeBytes {
            hasher.update($0)
            try file.append($0)
        }
        try await answers.content(of: id, size: size) { bytes in
            hasher.update(bytes)
            try file.append(bytes)
            keep(bytes)
        }
        guard hasher.finish() == id else { throw GitCaptureError.damagedObject(id.hex) }
    }
}
