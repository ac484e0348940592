import Foundation
package import RegistryTypes

/// Compares files on this machine with those that a statement names.
package struct SubjectCheck {
    /// What was found of one file.
    package enum Finding: Equatable {
        case matches
        /// The statement names other bytes by that name.
        case differs
        /// The statement names no such file.
        case unknown
    }

    /// By path, sorted; links as their targets.
    package private(set) var findings: [(file: ArtifactFile, finding: Finding)] = []
    /// The files of the statement that were not given.
    package private(set) var notGiven: [String] = []

    /// Compares; a file that was given alone may stand in a folder of the version.
    package init(_ statement: SignedStatement, files: [ArtifactFile], isFolder: Bool) {
        let digests = Dictionary(
            statement.files.compactMap { file in file.name.map { ($0, file.digest?["sha256"]) } },
            uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        for file in files {
            let names =
                isFolder
                ? [file.path.text].filter { digests[$0] != nil }
                : digests.keys.filter { $0.split(separator: "/").last.map(String.init) == file.path.fileName }
            let match = names.first { digests[$0] == file.sha256.hex }
            seen.formUnion(match.map { [$0] } ?? names)
            findings.append((file, match != nil ? .matches : names.isEmpty ? .unknown : .differs))
        }
        notGiven = statement.files.compactMap(\.name).filter { !seen.contains($0) }
    }

    /// Whether every given file is one that the statement names.
    package var isGood: Bool { findings.allSatisfy { $0.finding == .matches } }
}
