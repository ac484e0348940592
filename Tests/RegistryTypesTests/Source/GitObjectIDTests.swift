import Foundation
import RegistryTypes
import Testing

@Suite struct GitObjectIDTests {
    @Test(arguments: [
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    ])
    func theNameOfTheEmptyBlobIsWhatGitSays(hex: String) throws {
        let id = try GitObjectID(hex: hex)
        #expect(id.hex == hex)
        var hasher = GitObjectHasher(id.algorithm)
        GitObjectType.blob.header(size: 0).withUnsafeBytes { hasher.update($0) }
        #expect(hasher.finish() == id)
    }

    @Test(arguments: ["e69d", "e69de29", String(repeating: "a", count: 39), String(repeating: "a", count: 63)])
    func abbreviationsAreRefusedWithAdvice(text: String) {
        #expect(throws: SourceProofError.abbreviatedCommit(text)) { try GitObjectID(hex: text) }
        #expect("\(SourceProofError.abbreviatedCommit(text))".contains("git rev-parse \(text)"))
    }

    @Test(arguments: [
        "", "abc", "main", "HEAD", "-h", String(repeating: "A", count: 40), String(repeating: "g", count: 40),
        String(repeating: "a", count: 65), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n",
        String(repeating: "é", count: 20),
    ])
    func everythingElseIsNoCommit(text: String) {
        #expect(throws: SourceProofError.invalidCommit(text)) { try GitObjectID(hex: text) }
    }

    @Test(arguments: ["", "a", "a/b", "training/größe", "a/"])
    func foldersAreRead(path: String) throws {
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        #expect(try SourceSubfolder(path).description == trimmed)
    }

    @Test(arguments: ["/", "/a", "a//b", "..", "a/../b", ".", "./a", ".git", "a/.GIT/hooks", "a//", "a\0b"])
    func otherPathsAreNoFolders(path: String) {
        #expect(throws: SourceProofError.invalidSubfolder(path)) { try SourceSubfolder(path) }
    }
}
