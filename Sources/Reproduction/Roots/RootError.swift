/// Why a root file system could not be unpacked; the caller's recipe names it, so it is about the recipe.
package enum RootError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The archive is no tar, or holds what is not unpacked; the sentence says what and where.
    case notAcceptable(String)
    /// An image that the registry does not have, does not give to this machine, or cannot be asked for.
    case imageMissing(String)
    /// Something on this machine is missing or full.
    case cannotUnpack(String)

    package var description: String {
        switch self {
        case .notAcceptable(let sentence): "The root file system was not unpacked: \(sentence)"
        case .imageMissing(let sentence): "The image could not be fetched: \(sentence)"
        case .cannotUnpack(let sentence): "The root file system could not be unpacked on this machine: \(sentence)"
        }
    }
}
