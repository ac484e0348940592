/// The walk through an indexed bundle in the order in which it must have been written.
struct SourceWalk {
    private struct Folder {
        let prefix: String
        let entries: [GitTreeEntry]
        var next = 0
    }

    private let bytes: UnsafeRawBufferPointer
    private let reader: SourceBundleReader
    private let limits: SourceLimits

    private(set) var entries: [SourceEntry] = []
    private(set) var totalBytes = 0
    private(set) var placeholders = SourcePlaceholders()

    private var folders: [Folder] = []
    private var depthOfSubfolder = 0
    private var entryCount = 0
    private var pathBytes = 0
    private var wasMet: [Bool]
    private var metCount = 0
    private var misplaced: GitObjectID?

    init(bytes: UnsafeRawBufferPointer, reader: SourceBundleReader, limits: SourceLimits) {
        self.bytes = bytes
        self.reader = reader
        self.limits = limits
        wasMet = Array(repeating: false, count: reader.objects.count)
    }

    /// Follows the path from the commit to the sub-folder and opens that folder.
    mutating func enter(commit: GitObjectID, subfolder: SourceSubfolder) throws -> GitCommitObject {
        let object = try GitCommitObject(content: content(meet(commit, .commit, at: "")), id: commit)
        var tree = try self.tree(object.tree, at: "")
        var path = ""
        for name in subfolder.components {
            path += path.isEmpty ? name : "/" + name
            // Bytes, not characters: two spellings of é are one String but two names.
            guard let entry = tree.entries.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                throw SourceProofError.noSuchFolder(path: path, commit: commit)
            }
            guard entry.kind == .tree else { throw SourceProofError.notAFolder(path: path, kind: entry.kind) }
            tree = try self.tree(entry.id, at: path)
        }
        depthOfSubfolder = subfolder.components.count
        try open(tree, prefix: "")
        return object
    }

    /// Visits everything below the sub-folder, a tree before its entries.
    mutating func unfold() throws {
        while let index = folders.indices.last {
            guard folders[index].next < folders[index].entries.count else {
                folders.removeLast()
                continue
            }
            let entry = folders[index].entries[folders[index].next]
            let path = folders[index].prefix + entry.name
            folders[index].next += 1
            try count(path: path)
            try visit(entry, at: path)
        }
    }

    /// Refuses a bundle that holds more than the walk met, or holds it in another order.
    func checkOrderAndRest() throws {
        if let index = wasMet.firstIndex(of: false) {
            throw SourceProofError.unreferencedObject(reader.objects[index].id)
        }
        if let misplaced { throw SourceProofError.wrongOrder(id: misplaced) }
    }

    private mutating func visit(_ entry: GitTreeEntry, at path: String) throws {
        switch entry.kind {
        case .tree:
            guard depthOfSubfolder + folders.count < limits.maxPathDepth else {
                throw SourceProofError.limitExceeded("the depth of a path", limits.maxPathDepth, unit: "folders")
            }
            try open(tree(entry.id, at: path), prefix: path + "/")
        case .submodule:
            placeholders.addSubmodule(path: path, commit: entry.id)
        case .file:
            let range = try add(entry, as: .file, at: path)
            placeholders.addIfPlaceholder(path: path, content: content(range))
        case .executable:
            let range = try add(entry, as: .executable, at: path)
            placeholders.addIfPlaceholder(path: path, content: content(range))
        case .symlink:
            let range = try add(entry, as: .symlink, at: path)
            try check(linkTarget: content(range), at: path)
        }
    }

    /// Entries count when their folder is opened, so that neither parsing nor waiting entries escape the limit.
    private mutating func open(_ tree: GitTree, prefix: String) throws {
        entryCount += tree.entries.count
        guard entryCount <= limits.maxEntries else {
            throw SourceProofError.limitExceeded(
                "the files and folders of a source", limits.maxEntries, unit: "entries")
        }
        folders.append(Folder(prefix: prefix, entries: tree.entries))
    }

    private mutating func add(_ entry: GitTreeEntry, as kind: SourceEntry.Kind, at path: String) throws -> Range<Int> {
        let range = try meet(entry.id, .blob, at: path)
        totalBytes += range.count
        guard totalBytes <= limits.maxTotalBytes else {
            throw SourceProofError.limitExceeded("all files of a source", limits.maxTotalBytes, unit: "bytes")
        }
        entries.append(SourceEntry(path: path, kind: kind, id: entry.id, range: range))
        return range
    }

    private mutating func tree(_ id: GitObjectID, at path: String) throws -> GitTree {
        try GitTree(content: content(meet(id, .tree, at: path)), id: id, path: path)
    }

    private mutating func meet(_ id: GitObjectID, _ type: GitObjectType, at path: String) throws -> Range<Int> {
        guard let ordinal = reader.ordinal(of: id) else {
            throw SourceProofError.missingObject(id: id, type: type, path: path)
        }
        let object = reader.objects[ordinal]
        guard object.type == type else {
            throw SourceProofError.wrongType(id: id, expected: type, found: object.type, path: path)
        }
        if !wasMet[ordinal] {
            wasMet[ordinal] = true
            if ordinal != metCount, misplaced == nil { misplaced = id }
            metCount += 1
        }
        return object.range
    }

    private mutating func count(path: String) throws {
        pathBytes += path.utf8.count
        guard path.utf8.count <= limits.maxPathBytes else {
            throw SourceProofError.limitExceeded("the length of a path", limits.maxPathBytes, unit: "bytes")
        }
        guard pathBytes <= limits.maxTotalPathBytes else {
            throw SourceProofError.limitExceeded("all paths of a source", limits.maxTotalPathBytes, unit: "bytes")
        }
    }

    private func check(linkTarget: UnsafeRawBufferPointer, at path: String) throws {
        guard !linkTarget.isEmpty, linkTarget.count < 4096, !linkTarget.contains(0) else {
            throw SourceProofError.hostileTree(path: path, problem: "the link has no usable target")
        }
    }

    private func content(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }
}
