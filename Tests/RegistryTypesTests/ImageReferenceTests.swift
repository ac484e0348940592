import Foundation
import RegistryTypes
import Testing

/// How images are named that runs are repeated on.
@Suite struct ImageReferenceTests {
    private let digest = "sha256:" + String(repeating: "a1", count: 32)

    @Test(arguments: [
        ("docker.io/library/python", "docker.io/library/python", "docker.io"),
        ("docker.io/library/python:3.12-slim", "docker.io/library/python", "docker.io"),
        ("registry.example:5000/team/my_app__x.y-z", "registry.example:5000/team/my_app__x.y-z", "registry.example"),
        ("localhost/a", "localhost/a", "localhost"), ("127.0.0.1:5000/a:tag", "127.0.0.1:5000/a", "127.0.0.1"),
        ("[::1]:5000/a", "[::1]:5000/a", "[::1]"), ("[::1]/a", "[::1]/a", "[::1]"),
    ])
    func namesAreTakenWithoutTheirTags(text: String, repository: String, host: String) throws {
        let image = try ImageReference("\(text)@\(digest)")
        #expect(image.repository == repository && image.host == host)
        #expect(image.description == "\(repository)@\(digest)")
        #expect(try JSONDecoder().decode(ImageReference.self, from: JSONEncoder().encode(image)) == image)
    }

    @Test(arguments: [
        ("python", "does not name its registry"), ("library/python", "does not name its registry"),
        ("registry.example", "does not name its registry"), ("registry.example/", "not the name"),
        ("registry.example/Team/app", "not the name"), ("registry.example/a//b", "not the name"),
        ("registry.example/../b", "not the name"), ("registry.example/a:b:c", "not the name"),
        ("registry.example/a b", "not the name"), ("-x.example/a", "does not name its registry"),
        ("user:password@registry.example/a", "does not name its registry"), ("registry.example/a:", "not the name"),
        ("registry.example/" + String(repeating: "a", count: 300), "not the name"),
    ])
    func whatIsNoNameIsRefused(text: String, sentence: String) throws {
        let error = #expect(throws: RegistryError.self) { try ImageReference("\(text)@\(digest)") }
        #expect(try #require(error).message.contains(sentence))
    }

    @Test func aTagAloneIsRefusedWithTheWayToTheDigest() throws {
        let error = #expect(throws: RegistryError.self) { try ImageReference("registry.example/app:1") }
        #expect(
            try #require(error).message.contains(
                "skopeo inspect --format '{{.Digest}}' docker://registry.example/app:1"))
        for wrong in ["sha256:12", "sha512:\(String(repeating: "a", count: 128))", ""] {
            #expect(throws: RegistryError.self) { try ImageReference("registry.example/app@\(wrong)") }
        }
    }

    /// Recipes that were recorded before images were known keep their digests.
    @Test func environmentsOfOtherKindsAreWrittenAsBefore() throws {
        for kind in [Recipe.Environment.Kind.host, .rootfs] {
            let written = try JSONEncoder().encode(Recipe.Environment(kind: kind))
            #expect(String(decoding: written, as: UTF8.self) == #"{"kind":"\#(kind.rawValue)"}"#)
        }
    }
}
