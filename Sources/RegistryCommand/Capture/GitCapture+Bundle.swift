package import RegistryTypes
import Subprocess
package import SystemPackage

extension GitCapture {
    /// Writes the source bundle of HEAD and the sub-folder; see ``SourceBundleReader`` for its form.
    ///
    /// One `git cat-file --batch` process is asked for one object after the other; only commits and trees are held in
    /// memory. Every object is hashed, so that a damaged repository is noticed here and not on the server.
    ///
    /// - Parameters:
    ///   - file: a file that does not exist yet; removed again after an error.
    ///   - limits: the server's limits, to fail before anything is uploaded.
    /// - Throws: ``GitCaptureError`` or ``SourceProofError``.
    package func writeBundle(to file: FilePath, limits: SourceLimits = .standard) async throws -> CapturedFile {
        let commit = try GitObjectID(hex: workTree.commit)
        let subfolder = try SourceSubfolder(workTree.subfolder)
        let arguments = ["cat-file", "--batch"]
        let output = try CaptureFile(creating: file, limit: limits.maxTotalBytes)
        do {
            let result = try await run(
                git.configuration(arguments), input: .inputWriter, output: .sequence, error: .discarded
            ) { execution in
                var writer = GitBundleWriter(
                    requests: execution.standardInputWriter, answers: execution.standardOutput, file: output,
                    limits: limits)
                let captured = try await writer.write(commit: commit, subfolder: subfolder)
                try await execution.standardInputWriter.finish()
                return CapturedFile(path: file, size: captured.size, sha256: captured.sha256)
            }
            return result.closureResult
        } catch let error as SubprocessError {
            output.discard()
            throw git.failure(error, arguments, limit: limits.maxTotalBytes)
        } catch {
            output.discard()
            throw error
        }
    }
}
