import Foundation
import Subprocess
import SystemPackage

/// Makes plain tar archives of compressed ones.
enum PlainArchive {
    /// Writes the plain tar of an archive; how it is compressed is told by its first bytes.
    ///
    /// - Parameter limit: the most bytes that are written.
    /// - Throws: `RootError.notAcceptable` if it cannot be expanded or grows beyond the limit.
    static func expand(_ file: FilePath, to plain: FilePath, limit: Int64) async throws {
        let begin = (try? FileHandle(forReadingFrom: file.fileURL).read(upToCount: 4)) ?? Data()
        let program: [String]
        if begin.starts(with: [0x1F, 0x8B]) {
            program = ["/bin/gzip", "-dc", "--"]
        } else if begin.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            program = ["/usr/bin/zstd", "-dcq", "--"]
        } else {
            guard Foundation.link(file.string, plain.string) != 0 else { return }
            return try FileManager.default.copyItem(atPath: file.string, toPath: plain.string)
        }
        let target = try FileDescriptor.open(
            plain, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        let arguments = ["--fsize=\(limit)"] + program + [file.string]
        let result = try await Subprocess.run(
            .path("/usr/bin/prlimit"), arguments: Arguments(arguments),
            environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C"]), input: .none,
            output: .fileDescriptor(target, closeAfterSpawningProcess: true), error: .string(limit: 4096))
        guard result.terminationStatus.isSuccess else {
            throw RootError.notAcceptable(
                "\(file.lastComponent?.string ?? "it") cannot be expanded by \(program[0]): \(result.standardError)")
        }
    }
}
