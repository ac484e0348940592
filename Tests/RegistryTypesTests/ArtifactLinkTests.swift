import RegistryTypes
import Testing

/// Symbolic links of an artifact stay inside it, whatever other links there are.
@Suite struct ArtifactLinkTests {
    @Test(arguments: [
        ("link", "target"), ("link", "a/b/c"), ("link", "./a"), ("a/link", "../target"), ("a/b/link", "../../x/y"),
        ("a/b/link", "./.././../x"), ("a/link", ".."),
    ])
    func inside(path: String, target: String) throws {
        #expect(try ArtifactPath(path).mayLink(to: target))
    }

    @Test(arguments: [
        ("link", ""), ("link", "/etc/passwd"), ("link", ".."), ("link", "../link"), ("a/link", "../../x"),
        ("link", "a/.."), ("link", "a/b/../.."), ("a/link", "../b/../.."), ("link", "a\0b"),
    ])
    func outsideOrNotToTell(path: String, target: String) throws {
        #expect(try !ArtifactPath(path).mayLink(to: target))
    }
}
