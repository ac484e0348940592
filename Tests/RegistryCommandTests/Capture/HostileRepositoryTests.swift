import Foundation
import RegistryCommand
import RegistryTypes
import SystemPackage
import Testing

/// A repository whose names are options and commands is captured as any other, and nothing in it is carried out.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct HostileRepositoryTests {
    private let fixture: GitFixture
    private var canary: String { fixture.root.appending(path: "canary").path }

    init() throws { fixture = try GitFixture() }

    /// Names of files that git, a shell or a person could take for something else.
    private static let names = [
        "-h", "--", "-", "--output=canary", "--upload-pack=canary", "-c core.pager=canary", ":(exclude)x", ":!x", ":^x",
        "*", "?", "[a]", "$(touch canary)", "`touch canary`", "; touch canary", "| touch canary", "& touch canary", "'",
        "\"",
        "a\nb", "a\tb", "\u{1B}[31m", "HEAD", "@{-1}", "refs", "^main", "~", "%s", "\\", "é", "e\u{301}", " ", "a b",
    ]

    @Test func namesOfFilesAreNames() async throws {
        for name in Self.names { try fixture.write("train/" + name, name) }
        try fixture.commit()
        let clean = try await GitCapture.isolated(fixture, "train")
        #expect(!clean.workTree.isDirty, "\(clean.workTree.changedFiles)")
        for name in Self.names { try fixture.write("train/" + name, name + " changed") }
        let capture = try await GitCapture.isolated(fixture, "train")
        #expect(Set(capture.workTree.changedFiles) == Set(Self.names.map { "train/" + $0 }))
        let patch = try await capture.writePatch(to: FilePath(fixture.root.appending(path: "patch").path))
        #expect(patch.size > 0)
        try expectNothingRan()
    }

    /// Branches and remotes that git itself refuses to make stand in the files of a repository all the same.
    @Test func namesOfBranchesAndRemotesAreNames() async throws {
        try fixture.write("x", "x")
        let head = try fixture.commit()
        let git = fixture.repository.appending(path: ".git")
        for name in ["-h", "--upload-pack=touch canary", "$(touch canary)"] {
            try Data("\(head.hex)\n".utf8).write(to: git.appending(path: "refs/heads/\(name)"))
            try Data("ref: refs/heads/\(name)\n".utf8).write(to: git.appending(path: "HEAD"))
            let tree = try? await GitCapture.isolated(fixture).workTree
            #expect(tree == nil || tree?.commit == head.hex)
        }
        try Data("ref: refs/heads/main\n".utf8).write(to: git.appending(path: "HEAD"))
        let config = try String(contentsOf: git.appending(path: "config"), encoding: .utf8)
        for (name, url) in [
            ("origin", "ext::sh -c touch% \(canary)"), ("origin", "--upload-pack=touch \(canary)"),
            ("--upload-pack=touch \(canary)", "https://example.org/a"), ("-h", "https://example.org/a"),
            ("origin", "ssh://-oProxyCommand=touch \(canary)/x"), ("a.url b", "https://example.org/a"),
        ] {
            try Data("\(config)\n[remote \"\(name)\"]\n\turl = \(url)\n".utf8).write(to: git.appending(path: "config"))
            let tree = try await GitCapture.isolated(fixture).workTree
            #expect(tree.commit == head.hex && tree.remoteURL?.hasPrefix("ext::") != true, "\(tree)")
            #expect(tree.remoteURL?.hasPrefix("-") != true, "\(tree)")
        }
        try expectNothingRan()
    }

    /// What git would start for a setting or a hook is not started.
    @Test func programsThatTheRepositoryNamesAreNotStarted() async throws {
        let script = fixture.root.appending(path: "program")
        try Data("#!/bin/sh\ntouch '\(canary)'\n".utf8).write(to: script)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
        try fixture.write(".gitattributes", "* diff=evil\n")
        try fixture.write("x", "x")
        try fixture.commit()
        for setting in [
            "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy",
            "core.alternateRefsCommand", "diff.external", "diff.evil.command", "diff.evil.textconv", "gpg.program",
            "pager.diff", "pager.status", "credential.helper", "uploadpack.packObjectsHook", "interactive.diffFilter",
            "alias.status", "alias.diff", "alias.rev-parse",
        ] {
            let value = setting.hasPrefix("alias.") ? "!\(script.path)" : script.path
            try fixture.git("config", setting, value)
        }
        for hook in ["pre-commit", "post-index-change", "post-checkout", "fsmonitor-watchman", "reference-transaction"]
        {
            let file = fixture.repository.appending(path: ".git/hooks/\(hook)")
            try? FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: script, to: file)
        }
        try fixture.write("x", "changed")
        let capture = try await GitCapture.isolated(fixture)
        #expect(capture.workTree.changedFiles == ["x"])
        _ = try await capture.writePatch(to: FilePath(fixture.root.appending(path: "patch").path))
        _ = try await capture.writeBundle(to: FilePath(fixture.root.appending(path: "bundle").path))
        try expectNothingRan()
    }

    private func expectNothingRan() throws {
        let left = try FileManager.default.subpathsOfDirectory(atPath: fixture.root.path)
        #expect(!left.contains { $0 == "canary" || $0.hasSuffix("/canary") })
    }
}
