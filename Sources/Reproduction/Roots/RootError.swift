/// Why a root file system could not be unpacked; the caller's recipe names it, so it is about the recipe.
package enum RootError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The archive is no tar, or holds what is not unpacked; the sentence says what and where.
    case notAcceptable(String)
    /// Something on this machine is missing or full.
    case cannotUnpack(String)

    package var description: String {
        switch self {
        case .notAcceptable(let sentence): "The root file system was not unpacked: \(sentence)"
        case .cannotUnpack(let sentence): "The root file system could not be unpacked on this machine: \(sentence)"
        }
    }
}
