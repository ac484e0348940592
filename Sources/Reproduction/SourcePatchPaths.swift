import Foundation
import RegistryTypes

/// The paths a patch touches, each checked to lie inside the source.
struct SourcePatchPaths {
    /// The paths as git lists them. Bytes, not characters: two spellings of é are one String but two files.
    let files: Set<Data>

    /// Paths the patch deletes and creates again, as it does to make a file a link.
    private let replaced: Set<Data>

    /// Parses the output of `git apply --numstat -z`: `<added>\t<deleted>\t<path>\0`.
    ///
    /// - Throws: ``SourceMaterialiserError/unsafePatch(path:problem:)``.
    init(numstat: [UInt8]) throws {
        var files: Set<Data> = []
        var replaced: Set<Data> = []
        for record in numstat.split(separator: 0) {
            let path = record.split(separator: 9, maxSplits: 2, omittingEmptySubsequences: false).last ?? record
            let text = String(decoding: path, as: UTF8.self)
            guard String(validating: path, as: UTF8.self) != nil else {
                throw SourceMaterialiserError.unsafePatch(path: text, problem: "not a UTF-8 name")
            }
            let names = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            for name in names {
                if let problem = GitTreeEntry.problem(withName: name) {
                    throw SourceMaterialiserError.unsafePatch(path: text, problem: "a path with \(problem)")
                }
            }
            if !files.insert(Data(path)).inserted { replaced.insert(Data(path)) }
        }
        self.files = files
        self.replaced = replaced
    }

    /// The files and every folder above them.
    var foldersAndFiles: [String] {
        var all = files
        for file in files { all.formUnion(folders(above: file)) }
        return all.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    /// Whether git made this folder for a submodule: the patch names it, and nothing below it.
    func isSubmodule(folder path: String) -> Bool {
        files.contains(Data(path.utf8)) && !files.contains { $0.starts(with: Data((path + "/").utf8)) }
    }

    /// Refuses a patch that writes below a path that is, was or becomes a symbolic link.
    ///
    /// A patched path may be a folder of another one only if it is a plain file of the source that goes away.
    func checkLinks(source: VerifiedSource, patch: Data) throws {
        let links = Set(source.entries.filter { $0.kind == .symlink }.map { Data($0.path.utf8) })
        let plain = Set(source.entries.filter { $0.kind != .symlink }.map { Data($0.path.utf8) })
        let renames = ["rename to ", "copy to "].contains { patch.range(of: Data($0.utf8)) != nil }
        for file in files {
            for folder in folders(above: file) {
                let goesAway = plain.contains(folder) && !replaced.contains(folder) && !renames
                guard links.contains(folder) || (files.contains(folder) && !goesAway) else { continue }
                throw SourceMaterialiserError.unsafePatch(
                    path: String(decoding: file, as: UTF8.self), problem: "below a symbolic link")
            }
        }
    }

    private func folders(above file: Data) -> [Data] {
        file.indices.filter { file[$0] == UInt8(ascii: "/") }.map { file[..<$0] }
    }
}
