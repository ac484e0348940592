import RegistryTypes
import Testing

/// The grammar of names and references (contract: "Names and references").
@Suite struct NameTests {
    @Test(arguments: ["a", "A1", "risk", "house-price", "v1.2_3", "0", String(repeating: "x", count: 96)])
    func acceptsName(_ text: String) throws {
        #expect(try ResourceName(text).text == text)
    }

    @Test(arguments: [
        "", "-a", "a-", ".a", "a.", "a--b", "a..b", "a/b", "..", "a%2eb", "a\u{0}b", "a b", "é", "x.git", "x.LOCK",
        String(repeating: "x", count: 97), String(repeating: "x", count: 300), "a\\b", "a\nb",
    ])
    func refusesName(_ text: String) {
        #expect { try ResourceName(text) } throws: { ($0 as? RegistryError)?.code == .invalidName }
    }

    @Test(arguments: [
        "Production", "1", "v12", "latest", "main", "", "-a", "a b", String(repeating: "a", count: 64),
        String(repeating: "a", count: 40),
    ])
    func refusesAlias(_ text: String) {
        #expect(throws: RegistryError.self) { try Alias(text) }
    }

    @Test func onlyProductionIsProtected() throws {
        #expect(try Alias("production").isProtected)
        #expect(try !Alias("staging").isProtected)
    }

    static let digest = "sha256:" + String(repeating: "ab", count: 32)

    @Test(arguments: [
        "ns/name:12", "ns/name:production", "ns/name:latest", "ns/name@" + digest,
    ])
    func versionReferencesRoundTrip(_ text: String) throws {
        #expect(try VersionReference(text).description == text)
    }

    @Test(arguments: [
        "model:ns/name:12", "dataset:ns/name:3", "run:01hzzzzzzzzzzzzzzzzzzzzzzz",
        "commit:" + String(repeating: "0", count: 40), "image:" + digest,
    ])
    func referencesRoundTrip(_ text: String) throws {
        #expect(try Reference(text).description == text)
    }

    @Test func aReferenceWithoutKindIsAModel() throws {
        #expect(try Reference("ns/name:2").description == "model:ns/name:2")
    }

    @Test(arguments: [
        "ns", "ns/name:0", "ns/name:01", "ns/name:-1", "ns/name:99999999999999999999", "ns/name:" + digest,
        "ns/name@12", "a/b/c", "thing:ns/name", "commit:abc123", "run:x", "ns/:1", "/name", "ns/name:",
    ])
    func refusesReference(_ text: String) {
        #expect(throws: RegistryError.self) { try Reference(text) }
    }

    @Test(arguments: ["abc1234", "HEAD", "", String(repeating: "A", count: 40), String(repeating: "0", count: 41)])
    func refusesCommit(_ text: String) {
        #expect { try GitCommit(text) } throws: { ($0 as? RegistryError)?.code == .invalidCommit }
    }

    @Test(arguments: [
        "../x", "a/../b", ".git/hooks/pre-commit", "a/.GIT", "a\u{202E}b", "\u{FEFF}a", "a\u{200B}", "/a", "a//b", "a/",
        ".", "", "a\\b", "a\u{0}", "a\u{7f}", String(repeating: "a", count: 256),
    ])
    func refusesPath(_ text: String) {
        #expect { try ArtifactPath(text) } throws: { ($0 as? RegistryError)?.code == .invalidPath }
    }

    @Test func manifestsRefuseWhatFileSystemsMixUp() throws {
        func file(_ path: String) throws -> ArtifactFile {
            ArtifactFile(path: try ArtifactPath(path), size: 1, sha256: try Digest(Self.digest))
        }
        #expect(throws: RegistryError.self) { try ArtifactManifest([file("a"), file("A")]) }
        #expect(throws: RegistryError.self) { try ArtifactManifest([file("a"), file("a/b")]) }
        #expect(throws: RegistryError.self) { try ArtifactManifest([]) }
        #expect(try ArtifactManifest([file("b"), file("a/c")]).files.map(\.path.text) == ["a/c", "b"])
    }

    @Test func tokensHideTheirSecret() throws {
        let token = APIToken.random()
        let parsed = try #require(APIToken(token.revealed))
        #expect(parsed.secretHash == token.secretHash)
        #expect(!"\(token)".contains(token.revealed.suffix(64)))
        #expect(APIToken("assay_x_y") == nil)
    }
}
