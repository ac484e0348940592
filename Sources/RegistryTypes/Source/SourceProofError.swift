import Foundation

/// Why a bundle does not prove a source; every message says what is wrong and what to do.
package enum SourceProofError: Error, Equatable, Sendable {
    case abbreviatedCommit(String)
    case invalidCommit(String)
    case invalidSubfolder(String)
    case malformedStream(offset: Int)
    case truncated(offset: Int)
    case malformedObject(id: GitObjectID, problem: String)
    case repeatedObject(GitObjectID)
    case wrongCommit(expected: GitObjectID, found: GitObjectID?)
    case missingObject(id: GitObjectID, type: GitObjectType, path: String)
    case wrongType(id: GitObjectID, expected: GitObjectType, found: GitObjectType, path: String)
    case wrongOrder(id: GitObjectID)
    case unreferencedObject(GitObjectID)
    case noSuchFolder(path: String, commit: GitObjectID)
    case notAFolder(path: String, kind: GitTreeEntry.Kind)
    case hostileTree(path: String, problem: String)
    case nameNotUTF8(folder: String)
    case limitExceeded(_ what: String, _ limit: Int, unit: String)
}
