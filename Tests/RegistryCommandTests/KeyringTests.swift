import Foundation
import RegistryCommand
import RegistryTypes
import Testing

/// Tokens in the system's keyring, with a `secret-tool` that keeps what it gets in a file.
@Suite final class KeyringTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "assay-keyring-\(UUID())")
    private var file: CredentialsFile {
        CredentialsFile(environment: ["XDG_CONFIG_HOME": folder.path, "PATH": "\(folder.path):/usr/bin:/bin"])
    }
    private let url: URL

    init() throws {
        url = try #require(URL(string: "https://assay.example.org"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func install(_ script: String) throws {
        let tool = folder.path + "/secret-tool"
        try "#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 9\n\(script)\n"
            .write(toFile: tool, atomically: true, encoding: .utf8)
        #expect(chmod(tool, 0o755) == 0)
    }

    private func installGoodOne() throws {
        try install(
            """
            echo "$@" >> arguments
            case "$1" in
            store) cat > secret ;;
            lookup) cat secret 2>/dev/null ;;
            clear) rm -f secret ;;
            esac
            """)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
    }

    @Test func theTokenIsInTheKeyringAndNowhereElse() throws {
        try installGoodOne()
        try file.save(token: "assay_secret", for: url, inKeyring: true)
        #expect(try text("secret") == "assay_secret")
        #expect(try text("assay/credentials.json").contains("assay_secret") == false)
        #expect(try file.token(for: url) == "assay_secret")
        #expect(try text("arguments").contains("assay_secret") == false)
        #expect(
            try text("arguments").split(separator: "\n").map {
                $0.split(separator: " ").suffix(4).joined(separator: " ")
            }
                == Array(repeating: "service assay server https://assay.example.org", count: 2))
        // Another login without it leaves nothing behind.
        try file.save(token: "assay_other", for: url)
        #expect(try file.token(for: url) == "assay_other")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/secret"))
    }

    @Test func withoutAKeyringItSaysSoAndKeepsNothing() throws {
        func refusal() throws -> RegistryError? {
            try file.save(token: "assay_before", for: url)
            return #expect(throws: RegistryError.self) {
                try self.file.save(token: "assay_secret", for: self.url, inKeyring: true)
            }
        }
        if !FileManager.default.fileExists(atPath: "/usr/bin/secret-tool") {
            #expect(try refusal()?.message.contains("libsecret-tools") == true)
        }
        try install("cat >/dev/null; echo 'Cannot autolaunch D-Bus' >&2; exit 1")
        #expect(try refusal()?.message.contains("Cannot autolaunch D-Bus") == true)
        #expect(try file.token(for: url) == "assay_before")
    }

    @Test func aKeyringThatForgotIsToldFromNoLogin() throws {
        try installGoodOne()
        try file.save(token: "assay_secret", for: url, inKeyring: true)
        try FileManager.default.removeItem(atPath: folder.path + "/secret")
        let error = #expect(throws: RegistryError.self) { try self.file.token(for: self.url) }
        #expect(error?.code == .unauthenticated)
        #expect(try file.token(for: #require(URL(string: "https://else.example.org"))) == nil)
    }
}
