import Foundation
import RegistryTypes
import Testing

/// Nothing that is said to the server becomes an option of git, a program or a protocol: the classes of Gitea's `-h` and
/// Gogs' `--upload-pack`.
@Suite(.serialized) struct GitInjectionTests {
    /// Addresses that git, ssh or a shell would take for something else; each would make the file `canary`.
    private static let addresses = [
        "--upload-pack=touch canary", "--exec=touch canary", "--receive-pack=touch canary", "-u touch canary", "-h",
        "--",
        "-oProxyCommand=touch canary", "ext::sh -c touch% canary", "ext::sh -c 'touch canary'", "fd::17/canary",
        "transport::ext::sh -c touch% canary", "file:///tmp/canary", "FILE:///tmp/canary", "git://localhost/canary",
        "http://localhost/canary", "ftp://localhost/canary", "rsync://localhost/canary", "HTTPS://localhost/canary",
        "ssh://-oProxyCommand=touch canary/x", "ssh://-oProxyCommand=touch canary@localhost/x", "https://-x/canary",
        "ssh:///canary", "https://", "ssh://@-x/y", "git@-oProxyCommand=touch canary:x", "-x@localhost:canary",
        "git@localhost:-x", "git@localhost:--upload-pack=touch canary", "$(touch canary)", "`touch canary`",
        "; touch canary", "| touch canary", "& touch canary", "\ntouch canary",
        "https://localhost/x\n--upload-pack=touch",
        "relative/path", "../relative", "~/canary", "./-x", "C:\\canary", "localhost:canary", "",
    ]

    @Test func anAddressThatIsMoreThanAnAddressIsRefused() async throws {
        let scratch = try Scratch()
        // An empty variable is one that is not set.
        for address in Self.addresses where !address.isEmpty {
            let refused = try await Tool.run(
                "/usr/bin/timeout", ["20", Tool.assay, "serve", "--data", scratch.path + "/data", "--port", "0"],
                environment: ["ASSAY_LOG_GIT": address], folder: scratch.path)
            #expect(refused.code == 1, "\(address): \(refused)")
            #expect(refused.error.contains("the git repository for checkpoints is"), "\(address): \(refused.error)")
        }
        let left = try FileManager.default.subpathsOfDirectory(atPath: scratch.path)
        #expect(!left.contains { $0.contains("canary") || $0.contains("meta.db") }, "\(left)")
    }

    /// A git that writes down what it is given, before it does what it should.
    private static func recorder(_ place: String) -> String {
        """
        #!/bin/sh
        for argument; do printf '%s\\n' "$argument" >> '\(place)/arguments'; done
        env >> '\(place)/environment'
        exec /usr/bin/git "$@"
        """
    }

    private static let options: Set<String> = [
        "--no-pager", "-c", "--git-dir", "--quiet", "--bare", "--", "--no-tags", "--no-write-fetch-head", "-w",
        "--stdin",
        "-m", "-p",
    ]

    @Test func theAddressStandsInNoArgument() async throws {
        let scratch = try Scratch()
        let name = "--upload-pack=touch canary;$(touch canary)`touch canary`|touch canary"
        let repository = "\(scratch.path)/\(name)"
        let made = try await Tool.run("/usr/bin/git", ["init", "--quiet", "--bare", "--", repository])
        try #require(made.code == 0, "\(made.error)")
        let git = try scratch.write("bin/git", Data(Self.recorder(scratch.path).utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: git)
        let environment = [
            "ASSAY_LOG_GIT": repository, "ASSAY_LOG_INTERVAL": "1s", "PATH": "\(scratch.path)/bin:/usr/bin:/bin",
            "GIT_SSH_COMMAND": "touch canary", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath",
            "GIT_CONFIG_VALUE_0": scratch.path, "GIT_EXTERNAL_DIFF": "touch canary", "SECRET": "canary-environment",
        ]
        let branch = repository + "/refs/heads/assay-log"
        try await World.run(scratch, environment: environment) { _ in
            for _ in 0..<240 where !FileManager.default.fileExists(atPath: branch) {
                try await Task.sleep(for: .milliseconds(250))
            }
            #expect(FileManager.default.fileExists(atPath: branch), "the checkpoint was delivered")
        }
        let arguments = try String(contentsOfFile: scratch.path + "/arguments", encoding: .utf8).split(separator: "\n")
        #expect(arguments.count > 40)
        for argument in arguments {
            #expect(!argument.contains("canary") && !argument.contains("touch"), "\(argument)")
            #expect(!argument.hasPrefix("-") || Self.options.contains(String(argument)), "\(argument)")
        }
        let variables = try String(contentsOfFile: scratch.path + "/environment", encoding: .utf8)
        for line in ["GIT_ALLOW_PROTOCOL=file", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"] {
            #expect(variables.contains("\(line)\n"), "\(line)")
        }
        for word in ["canary-environment", "GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND=touch", "ASSAY_"] {
            #expect(!variables.contains(word), "\(word)")
        }
        let left = try FileManager.default.subpathsOfDirectory(atPath: scratch.path)
        #expect(!left.contains { $0.hasSuffix("/canary") || $0 == "canary" }, "\(left)")
    }
}
