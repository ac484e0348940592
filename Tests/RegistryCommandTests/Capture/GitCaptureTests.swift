import Foundation
import RegistryCommand
import RegistryTypes
import SystemPackage
import Testing

/// What a work tree says about itself.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct GitCaptureTests {
    private let fixture: GitFixture

    init() throws {
        fixture = try GitFixture()
        try fixture.write("README", "hello\n")
        try fixture.write("train/run.py", "print(1)\n")
        try fixture.write("train/old.py", "print(2)\n")
        try fixture.write("train/.gitignore", "*.log\n")
    }

    private func capture(_ path: String = "", variables: [String: String] = [:]) async throws -> GitWorkTree {
        try await GitCapture.isolated(fixture, path, variables: variables).workTree
    }

    @Test func aCleanFolderIsDescribed() async throws {
        let head = try fixture.commit()
        try fixture.git("remote", "add", "origin", "https://jane:secret@example.org/team/digits.git?x=1")
        try fixture.git("remote", "add", "backup", "https://example.com/backup.git")
        let tree = try await capture("train")
        #expect(tree.topLevel == fixture.repository.path)
        #expect(tree.subfolder == "train")
        #expect(tree.commit == head.hex)
        #expect(tree.remoteURL == "https://example.org/team/digits.git")
        #expect(tree.branch == "main")
        #expect(!tree.isDirty)
        #expect(try await capture().subfolder == "")
    }

    @Test func theOnlyRemoteIsTakenButNeverAGuess() async throws {
        try fixture.commit()
        #expect(try await capture().remoteURL == nil)
        try fixture.git("remote", "add", "upstream", "git@example.org:team/digits.git")
        #expect(try await capture().remoteURL == "git@example.org:team/digits.git")
        try fixture.git("remote", "add", "backup", "https://example.com/backup.git")
        #expect(try await capture().remoteURL == nil)
    }

    @Test func rewritesWithTokensStayPrivate() async throws {
        try fixture.commit()
        try fixture.git("remote", "add", "origin", "https://example.org/a.git")
        try fixture.git("config", "url.https://token@example.org/.insteadOf", "https://example.org/")
        #expect(try await capture().remoteURL == "https://example.org/a.git")
    }

    @Test func aDetachedHeadHasNoBranch() async throws {
        try fixture.commit()
        try fixture.git("checkout", "--quiet", "--detach")
        #expect(try await capture().branch == nil)
    }

    @Test func everyKindOfChangeBelowTheFolderIsListed() async throws {
        try fixture.commit()
        try fixture.write("README", "changed outside\n")
        try fixture.write("other/untracked", "outside")
        try fixture.write("train/run.py", "print(3)\n")
        try fixture.write("train/staged.py", "")
        try fixture.git("add", "train/staged.py")
        try fixture.git("mv", "train/old.py", "train/new name\n.py")
        try fixture.write("train/größe/untracked", "")
        try fixture.write("train/x.log", "ignored")
        let tree = try await capture("train")
        #expect(
            tree.changedFiles == [
                "train/größe/untracked", "train/new name\n.py", "train/old.py", "train/run.py", "train/staged.py",
            ])
        #expect(tree.isDirty)
    }

    @Test(arguments: ["--assume-unchanged", "--skip-worktree"])
    func aFileAtWhichGitDoesNotLookIsAChange(_ mark: String) async throws {
        try fixture.commit()
        try fixture.git("update-index", mark, "train/run.py")
        try fixture.write("train/run.py", "print('something else')\n")
        let changed = try await capture("train").changedFiles
        #expect(changed.count == 1 && changed[0].hasPrefix("train/run.py (marked"), "\(changed)")
        // A sparse checkout leaves files out; they are as they were committed.
        try FileManager.default.removeItem(at: fixture.repository.appending(path: "train/run.py"))
        #expect(try await capture("train").changedFiles == [])
    }

    @Test func onlyAChangedModeIsAChange() async throws {
        try fixture.commit()
        try fixture.write("train/run.py", "print(1)\n", executable: true)
        #expect(try await capture("train").changedFiles == ["train/run.py"])
    }

    @Test func settingsOfTheUserDoNotHideChanges() async throws {
        try fixture.commit()
        try fixture.git("config", "status.showUntrackedFiles", "no")
        try fixture.git("config", "status.renames", "true")
        try fixture.git("config", "color.ui", "always")
        try fixture.write("train/new", "")
        #expect(try await capture("train").changedFiles == ["train/new"])
    }

    @Test func theRepositoryAroundTheFolderCountsNotTheEnvironment() async throws {
        let head = try fixture.commit()
        let other = try GitFixture()
        try other.write("x", "x")
        try other.commit()
        let variables = ["GIT_DIR": other.repository.path + "/.git", "GIT_WORK_TREE": other.repository.path]
        #expect(try await capture("train", variables: variables).commit == head.hex)
    }

    @Test func lookingChangesNothing() async throws {
        try fixture.commit()
        try fixture.write("train/run.py", "print(3)\n")
        let index = fixture.repository.appending(path: ".git/index")
        let before = try Data(contentsOf: index)
        _ = try await capture("train")
        #expect(try Data(contentsOf: index) == before)
    }

    @Test func hooksAndMonitorsDoNotRun() async throws {
        try fixture.commit()
        let canary = fixture.root.appending(path: "canary")
        let script = fixture.root.appending(path: "hook")
        try Data("#!/bin/sh\ntouch '\(canary.path)'\n".utf8).write(to: script)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
        try fixture.git("config", "core.fsmonitor", script.path)
        _ = try await capture("train")
        #expect(!FileManager.default.fileExists(atPath: canary.path))
    }
}
