import Foundation
import RegistryTypes
import Testing

/// The bytes that version digests are made of; a change here changes every version there is.
@Suite struct VersionDocumentTests {
    private func digest(_ letter: Character) throws -> Digest {
        try Digest("sha256:" + String(repeating: letter, count: 64))
    }

    @Test func aVersionKeepsItsDigest() throws {
        let source = Recipe.Source(
            url: "https://git.example/a", commit: try GitCommit(String(repeating: "c", count: 40)), subfolder: "train",
            bundle: try digest("d"))
        let document = VersionDocument(
            model: try QualifiedName("demo/house"), number: 12, artifact: try digest("a"),
            run: .init(
                id: try RunID("01hf7yat00000000000000000a"), kind: .train, recipe: try digest("b"), source: source,
                image: try digest("e"), inputs: ["train": try digest("f")], metrics: try digest("1"),
                facts: try digest("2")))
        // Computed by Python from the document written out by hand.
        let golden = "23813d32c7011bd1404b6fa77f57d827579da3d2873e9d457a46874118e144a7"
        #expect(try document.canonicalDigest().hex == golden)
    }
}
