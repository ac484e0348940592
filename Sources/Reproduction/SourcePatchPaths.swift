import Foundation
import RegistryTypes

/// The paths a patch touches, each checked to lie inside the source.
struct SourcePatchPaths {
    /// The paths as git lists them. Bytes, not characters: two spellings of é are one String but two files.
    let files: Set<Data>

    /// Parses the output of `git apply --numstat -z`: `<added>\t<deleted>\t<path>\0`.
    ///
    /// - Throws: ``SourceMaterialiserError/unsafePatch(path:problem:)``.
    init(numstat: [UInt8]) throws {
        var files: Set<Data> = []
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
            files.insert(Data(path))
        }
        self.files = files
    }

    /// The files and every folder above them.
    var foldersAndFiles: [String] {
        var all = files
        for file in files { all.formUnion(folders(above: file)) }
        return all.map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    /// Refuses a patch that writes below a path that is, was or becomes a symbolic link.
    func checkLinks(source: VerifiedSource, patch: Data) throws {
        let links = Set(source.entries.filter { $0.kind == .symlink }.map { Data($0.path.utf8) })
        let mayCreateLinks = patch.range(of: Data("120000".utf8)) != nil
        for file in files {
            for folder in folders(above: file)
            where links.contains(folder) || (files.contains(folder) && (mayCreateLinks || !links.isEmpty)) {
                throw SourceMaterialiserError.unsafePatch(
                    path: String(decoding: file, as: UTF8.self), problem: "below a symbolic link")
            }
        }
    }

    private func folders(above file: Data) -> [Data] {
        file.indices.filter { file[$0] == UInt8(ascii: "/") }.map { file[..<$0] }
    }
}
