/// Why Python packages cannot be given to a run.
package enum PackagesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The recipe's lock file is not in its source.
    case lockMissing(String)
    /// A line of the lock file that does not fix what is installed.
    case notAcceptable(String)
    /// A package that is locked without a hash.
    case withoutHash(String)
    /// A wheel that the lock file does not name, or names with other hashes.
    case notLocked(String)
    /// A package that is locked, and for which there is no wheel.
    case missing(String)
    /// A file that is no wheel, or that cannot be unpacked; the sentence says why.
    case noWheel(String, String)
    /// The disk or the cache failed.
    case cannotUnpack(String)

    package var description: String {
        switch self {
        case .lockMissing(let path): "The lock file \(path) is not in the source; commit it."
        case .notAcceptable(let line):
            "The lock file has the line \"\(line.trimmed.prefix(120))\"; it may hold name==version and "
                + "--hash=sha256:… alone, as pip-compile --generate-hashes writes it."
        case .withoutHash(let package):
            "The lock file fixes \(package) without --hash=sha256:…; lock it again with --generate-hashes."
        case .notLocked(let file):
            "The wheel \(file) is not in the lock file with its hash; lock again, or fetch the wheels by "
                + "pip download --require-hashes."
        case .missing(let package): "The lock file names \(package), and the dataset has no wheel of it."
        case .noWheel(let file, let why): "\(file.prefix(200)) cannot be used as a wheel: \(why)."
        case .cannotUnpack(let why): "The packages cannot be unpacked: \(why)."
        }
    }
}

extension String {
    fileprivate var trimmed: Substring { drop(while: \.isWhitespace) }
}
