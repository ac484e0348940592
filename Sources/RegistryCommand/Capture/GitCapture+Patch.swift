import Foundation
import Subprocess
package import SystemPackage

extension GitCapture {
    /// Writes what differs below the sub-folder from HEAD as a binary patch, untracked files included (not ignored ones).
    ///
    /// The changes are staged in a copy of the index and their objects go to a temporary folder: the user's index and
    /// object store stay as they are. Paths in the patch are relative to the sub-folder.
    ///
    /// - Parameters:
    ///   - file: a file that does not exist yet; removed again after an error.
    ///   - limit: the largest patch, in bytes.
    /// - Throws: ``GitCaptureError``.
    package func writePatch(to file: FilePath, limit: Int = 256 << 20) async throws -> CapturedFile {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "assay-index-\(UUID().uuidString)")
        let objects = scratch.appending(path: "objects").path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: objects, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let index = scratch.appending(path: "index").path(percentEncoded: false)
        let staging = git.updating([
            "GIT_INDEX_FILE": index,
            "GIT_OBJECT_DIRECTORY": objects,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": Self.quoted(try await pathInRepository("objects")),
        ])
        let current = try await pathInRepository("index")
        if FileManager.default.fileExists(atPath: current) {
            try FileManager.default.copyItem(atPath: current, toPath: index)
        } else {
            _ = try await staging.output(["read-tree", "HEAD"])
        }
        _ = try await staging.output(["add", "-A", "--", "."])
        return try await writeDiff(with: staging, to: file, limit: limit)
    }

    /// The staged difference, in a form that no user setting changes.
    private func writeDiff(with staging: GitCommandLine, to file: FilePath, limit: Int) async throws -> CapturedFile {
        let arguments = [
            "-c", "core.quotePath=true", "-c", "diff.suppressBlankEmpty=false", "-c", "diff.orderFile=/dev/null",
            "diff", "--cached", "--binary",
            "--full-index", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/",
            "--dst-prefix=b/", "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=myers",
            "--no-indent-heuristic", "--submodule=short", "--ignore-submodules=none", "--relative", workTree.commit,
            "--", ".",
        ]
        let output = try CaptureFile(creating: file, limit: limit)
        do {
            let result = try await run(
                staging.configuration(arguments), input: .none, output: .sequence, error: .string(limit: 1 << 20)
            ) { execution in
                var output = output
                for try await buffer in execution.standardOutput {
                    try buffer.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws -> Void in
                        try output.append(bytes)
                    }
                }
                let sha256 = try output.finish()
                return CapturedFile(path: file, size: output.size, sha256: sha256)
            }
            try staging.check(result.terminationStatus, message: result.standardError, ["diff"])
            return result.closureResult
        } catch let error as SubprocessError {
            output.discard()
            throw git.failure(error, ["diff"], limit: limit)
        } catch {
            output.discard()
            throw error
        }
    }

    private func pathInRepository(_ name: String) async throws -> String {
        guard let path = try await git.line(["rev-parse", "--git-path", name]) else {
            throw GitCaptureError.gitFailed(command: "rev-parse --git-path \(name)", message: "no answer")
        }
        return git.folder.pushing(FilePath(path)).string
    }

    /// git separates the folders of this variable by `:` unless a path is in double quotes.
    private static func quoted(_ path: String) -> String {
        "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
