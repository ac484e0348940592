import Foundation
import RegistryTypes
import Testing

@Suite struct GitCommitObjectTests {
    private let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

    private func parse(_ text: String) throws -> GitCommitObject {
        let id = try GitObjectID(hex: String(repeating: "0", count: 40))
        return try Data(text.utf8).withUnsafeBytes { try GitCommitObject(content: $0, id: id) }
    }

    @Test func signaturesAndUnusualNamesDoNotDisturb() throws {
        let commit = try parse(
            """
            tree \(tree)
            parent \(tree)
            author A > 1 +0000 B <a@b> 1600000000 +0530
            committer  <> 1700000000 -0800
            gpgsig -----BEGIN PGP SIGNATURE-----
             committer X <x> 1 +0000
             -----END PGP SIGNATURE-----
            encoding ISO-8859-1

            \u{1B}[31mSubject\u{7}
            committer Y <y> 2 +0000
            """)
        #expect(commit.tree.hex == tree)
        #expect(commit.authorTime == 1_600_000_000)
        #expect(commit.committerTime == 1_700_000_000)
        #expect(commit.subject == "[31mSubject")
    }

    @Test func anEmptyMessageIsAnEmptySubject() throws {
        #expect(try parse("tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 2 +0000\n\n").subject == "")
    }

    @Test(arguments: ["", "tree x\n", "parent 1\n\n", "\n"])
    func otherTextIsNoCommit(text: String) {
        #expect(throws: SourceProofError.self) { try parse(text) }
    }
}
