import Foundation
import RegistryCommand
import RegistryTypes
import SystemPackage
import Testing

/// Folders that cannot be captured, and the advice that comes with the refusal.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct GitCaptureErrorTests {
    @Test func aFolderOutsideOfGit() async throws {
        let fixture = try GitFixture()
        let folder = fixture.root.appending(path: "plain")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for path in [folder.path, folder.path + "/missing"] {
            await #expect(throws: GitCaptureError.notAWorkTree(folder: path)) {
                try await GitCapture(folder: FilePath(path))
            }
        }
        #expect("\(GitCaptureError.notAWorkTree(folder: "/x"))".contains("git init"))
    }

    @Test func aRepositoryWithoutACommit() async throws {
        let fixture = try GitFixture()
        try fixture.write("a", "a")
        await #expect(throws: GitCaptureError.noCommit(topLevel: fixture.repository.path)) {
            try await GitCapture.isolated(fixture)
        }
    }

    @Test func aBareRepository() async throws {
        let fixture = try GitFixture()
        let bare = fixture.root.appending(path: "bare.git")
        try fixture.git("init", "--quiet", "--bare", bare.path)
        await #expect(throws: GitCaptureError.bareRepository(folder: bare.path)) {
            try await GitCapture(folder: FilePath(bare.path))
        }
    }

    @Test func theInsideOfTheGitFolder() async throws {
        let fixture = try GitFixture()
        let folder = fixture.repository.appending(path: ".git")
        await #expect(throws: GitCaptureError.insideGitFolder(folder: folder.path)) {
            try await GitCapture(folder: FilePath(folder.path))
        }
    }

    @Test func aRepositoryOfAnotherUser() async throws {
        let fixture = try GitFixture()
        try fixture.write("a", "a")
        try fixture.commit()
        // git's own switch for testing the ownership check.
        let command = "git config --global --add safe.directory \(fixture.repository.path)"
        await #expect(throws: GitCaptureError.unsafeDirectory(command: command)) {
            try await GitCapture.isolated(fixture, variables: ["GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"])
        }
    }

    @Test func noGitAtAll() async throws {
        let fixture = try GitFixture()
        await #expect(throws: GitCaptureError.gitMissing) {
            try await GitCapture.isolated(fixture, variables: ["PATH": "/nonexistent"])
        }
    }

    @Test func aFolderThatIsNotCommitted() async throws {
        let fixture = try GitFixture()
        try fixture.write("a", "a")
        let head = try fixture.commit()
        try fixture.write("new/file", "x")
        let capture = try await GitCapture.isolated(fixture, "new")
        #expect(capture.workTree.isDirty)
        let file = FilePath(fixture.root.path + "/bundle")
        await #expect(throws: GitCaptureError.folderNotCommitted(subfolder: "new", commit: head.hex)) {
            try await capture.writeBundle(to: file)
        }
        #expect(!FileManager.default.fileExists(atPath: file.string))
    }
}
