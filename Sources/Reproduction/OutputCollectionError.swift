/// Why the outputs of a run cannot be taken; the run then failed with `missing-output`.
package enum OutputCollectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with a file.
    package enum Problem: String, Sendable, Hashable, Codable {
        /// A symbolic link, or reached through one.
        case symbolicLink = "symbolic-link"
        /// A folder where a file is needed.
        case folder
        /// A folder without files.
        case emptyFolder = "empty-folder"
        /// A FIFO.
        case namedPipe = "named-pipe"
        /// A socket.
        case socket
        /// A block or character device.
        case device
        /// A file with more than one name.
        case hardLinked = "hard-linked"
        /// A file that would run with its owner's rights, on whatever machine it comes to lie.
        case setUserID = "set-user-id"
        /// A name that is not UTF-8.
        case name
        /// Something that cannot be opened, or a folder nested too deep.
        case unreadable
    }

    /// A declared output does not exist.
    case missing(String, isInWorkFolder: Bool)
    /// A file is of a kind that is not taken.
    case notAcceptable(String, Problem)
    /// A file is longer than allowed.
    case tooLarge(String, size: Int64, limit: Int64)
    /// All files together are longer than allowed.
    case tooLargeTogether(limit: Int64)
    /// There are more files than allowed.
    case tooMany(limit: Int)
    /// A declared path is not a relative path without `..`.
    case badPath(String)
    /// The output folder itself cannot be read.
    case folderUnreadable(String)

    package var description: String {
        switch self {
        case .missing(let path, isInWorkFolder: true):
            """
            The output `\(path)` is not in $ASSAY_OUTPUTS, but a file of that name is in the working folder: \
            write it to $ASSAY_OUTPUTS instead.
            """
        case .missing(let path, isInWorkFolder: false):
            "The command did not write the output `\(path)`: write it to $ASSAY_OUTPUTS, or correct the recipe."
        case .notAcceptable(let path, let problem):
            "The output `\(path)` \(problem.explanation)"
        case .tooLarge(let path, let size, let limit):
            "The output `\(path)` has \(size) bytes; the limit is \(limit). Write less, or raise the limit."
        case .tooLargeTogether(let limit):
            "The outputs have more than \(limit) bytes together. Write less, or raise the limit."
        case .tooMany(let limit):
            "There are more than \(limit) output files. Pack them into one file, or raise the limit."
        case .badPath(let path):
            "`\(path)` is not an output path: it must be relative, without `.`, `..` and empty parts."
        case .folderUnreadable(let path):
            "The output folder \(path) cannot be read."
        }
    }
}

extension OutputCollectionError.Problem {
    /// The end of a sentence about a file: what it is and what to do.
    fileprivate var explanation: String {
        switch self {
        case .symbolicLink: "is a symbolic link, or below one: write the file itself."
        case .folder: "is a folder: name the files in it."
        case .emptyFolder: "is a folder without files: write them, or remove the output from the recipe."
        case .namedPipe: "is a named pipe: write a regular file."
        case .socket: "is a socket: write a regular file."
        case .device: "is a device: write a regular file."
        case .hardLinked: "has more than one name (hard links): copy it instead of linking it."
        case .setUserID: "has the set-user-id or set-group-id bit: remove it with chmod."
        case .name: "has a name that is not UTF-8: rename it."
        case .unreadable: "cannot be read, or is nested too deep: make it readable for its owner."
        }
    }
}
