import RegistryCommand
import Testing

@Suite struct RemoteAddressTests {
    @Test(arguments: [
        ("https://example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://user@example.org/a", "https://example.org/a"),
        ("https://user:pass@example.org:8443/a", "https://example.org:8443/a"),
        ("https://user:p@ss@example.org/a", "https://example.org/a"),
        ("HTTPS://x-access-token:ghs_1@example.org/a", "https://example.org/a"),
        ("https://git:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a?private_token=1#x", "https://example.org/a"),
        ("https://example.org?token=1", "https://example.org"),
        ("https://example.org/@scope/a", "https://example.org/@scope/a"),
        ("ssh://git@example.org:2222/a.git", "ssh://git@example.org:2222/a.git"),
        ("ssh://git:secret@example.org/a", "ssh://git@example.org/a"),
        ("ssh://jane@example.org/a", "ssh://example.org/a"),
        ("ssh://git@[::1]:22/a", "ssh://git@[::1]:22/a"),
        ("git@example.org:team/a.git", "git@example.org:team/a.git"),
        ("jane@example.org:team/a.git", "example.org:team/a.git"),
        ("example.org:team/a.git", "example.org:team/a.git"),
        ("oauth2:secret@example.org/team/a", "example.org/team/a"),
        ("git:secret@example.org:a", "git@example.org:a"),
        ("file:///srv/git/a.git", "file:///srv/git/a.git"),
        ("/srv/git/a.git", "/srv/git/a.git"),
        ("../a.git", "../a.git"),
        ("  https://example.org/a\n", "https://example.org/a"),
    ])
    func secretsAndNamesAreDropped(address: String, expected: String) {
        #expect(RemoteAddress.withoutCredentials(address) == expected)
    }

    @Test(arguments: [
        "", " ", "ext::sh -c touch% /tmp/x", "ext::sh -c 'curl https://x'", "javascript://x", "--upload-pack=x",
        "https://example.org/\u{1B}[31m", "https://exa\nmple.org/a",
    ])
    func otherAddressesAreNotRecorded(address: String) {
        #expect(RemoteAddress.withoutCredentials(address) == nil)
    }
}
