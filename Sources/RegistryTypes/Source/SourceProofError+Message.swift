import Foundation

extension SourceProofError: CustomStringConvertible, LocalizedError {
    package var errorDescription: String? { description }

    package var description: String {
        switch self {
        case .abbreviatedCommit(let text):
            "The commit \(text) is abbreviated. Give the full name; `git rev-parse \(text)` prints it."
        case .invalidCommit(let text):
            "\(text.debugDescription) is not a commit. Give 40 or 64 lower-case hex digits, as `git rev-parse HEAD` prints."
        case .invalidSubfolder(let path):
            "\(path.debugDescription) is not a folder of a repository. Give a relative path such as training/digits."
        case .noSuchFolder(let path, let commit):
            "The commit \(commit) has no folder \(path). Commit the folder, or correct its name."
        case .notAFolder(let path, let kind):
            "\(path) is not a folder of this commit but a \(kind.name). Use a folder whose files git stores itself."
        case .nameNotUTF8(let folder):
            "\(Self.place(folder)) holds a file whose name is not UTF-8. Rename it and commit."
        case .hostileTree(let path, let problem):
            "\(Self.place(path)) is refused: \(problem). Run `git fsck --strict` and repair the repository."
        case .limitExceeded(let what, let limit, let unit):
            "The limit for \(what) is \(limit) \(unit). Use a smaller sub-folder, and push large files as datasets."
        default: damage
        }
    }

    /// The errors of a bundle that was written wrongly or changed on the way.
    private var damage: String {
        switch self {
        case .malformedStream(let offset):
            "The source bundle is not a sequence of git objects at byte \(offset). \(Self.pushAgain)"
        case .truncated(let offset):
            "The source bundle ends inside the object that starts at byte \(offset). \(Self.pushAgain)"
        case .malformedObject(let id, let problem):
            "The git object \(id) is malformed: \(problem). Run `git fsck --strict` and repair the repository."
        case .repeatedObject(let id):
            "The source bundle holds the object \(id) twice. \(Self.pushAgain)"
        case .wrongCommit(let expected, let found):
            "The source bundle does not start with the commit \(expected) but with "
                + "\(found.map { "the object \($0)" } ?? "nothing"): it was changed, or belongs to another commit. "
                + Self.pushAgain
        case .missingObject(let id, let type, let path):
            "The source bundle lacks the \(type.rawValue) \(id) of \(Self.place(path)), or its bytes were changed. "
                + Self.pushAgain
        case .wrongType(let id, let expected, let found, let path):
            "\(Self.place(path)) should be a \(expected.rawValue), but \(id) is a \(found.rawValue). \(Self.pushAgain)"
        case .wrongOrder(let id):
            "The object \(id) is not in its place in the source bundle. \(Self.pushAgain)"
        case .unreferencedObject(let id):
            "The source bundle holds the object \(id), which the commit does not use there. \(Self.pushAgain)"
        default: "The source bundle is not valid. \(Self.pushAgain)"
        }
    }

    private static let pushAgain = "Push again with `assay push`; if it happens twice, run `git fsck`."

    private static func place(_ path: String) -> String {
        path.isEmpty ? "The top folder of the source" : path
    }
}

extension GitTreeEntry.Kind {
    /// The word a user knows.
    var name: String {
        switch self {
        case .tree: "folder"
        case .file, .executable: "file"
        case .symlink: "symbolic link"
        case .submodule: "submodule"
        }
    }
}
