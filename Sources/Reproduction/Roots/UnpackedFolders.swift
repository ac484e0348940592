import Foundation
import SystemPackage

/// Folders that were unpacked before, each under a name of its own, in one that may be removed at any time while nothing
/// runs.
struct UnpackedFolders: Sendable {
    /// A folder that is being filled, and room beside it for what is needed meanwhile.
    struct Draft {
        let content: FilePath
        let scratch: FilePath

        /// Removes what is left of it.
        func remove() { try? FileManager.default.removeItem(atPath: scratch.string) }
    }

    let folder: FilePath

    /// Keeps them in a folder, which is made when something comes into it.
    init(folder: FilePath) { self.folder = folder }

    /// The user's own of a kind: `$XDG_CACHE_HOME/assay/<kind>`, else `~/.cache/assay/<kind>`.
    init(_ kind: String, environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let given = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        folder = FilePath(given ?? home + "/.cache").appending("assay").appending(kind)
    }

    /// Where the folder with a name is; nil if it was not unpacked yet.
    func find(_ name: String) -> FilePath? {
        let place = folder.appending(name)
        return RootFolder.kind(of: place) == S_IFDIR ? place : nil
    }

    /// Begins a folder; throws `RootError.cannotUnpack`.
    func begin() throws -> Draft {
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw RootError.cannotUnpack("\(folder) cannot be made: \(error.localizedDescription)")
        }
        let scratch = folder.appending("new-\(getpid())-\(UUID().uuidString)")
        let draft = Draft(content: scratch.appending("content"), scratch: scratch)
        for path in [scratch, draft.content] {
            guard mkdir(path.string, 0o755) == 0 else { throw RootFolder.failure(path) }
        }
        return draft
    }

    /// Gives a complete folder its name; throws `RootError.cannotUnpack`.
    func keep(_ draft: Draft, as name: String) throws -> FilePath {
        let place = folder.appending(name)
        // Another worker may have been faster; both unpacked the same bytes.
        if rename(draft.content.string, place.string) != 0, RootFolder.kind(of: place) != S_IFDIR {
            throw RootFolder.failure(place)
        }
        return place
    }
}
