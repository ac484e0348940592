import Foundation
import SystemPackage
import Testing

/// Tar archives, kind and hostile ones, written by Python's tarfile in a folder of their own.
struct TarFixture {
    let base = FileManager.default.temporaryDirectory.appending(path: "assay-roots-\(UUID().uuidString)")

    var folder: FilePath { FilePath(base.path) }

    /// Runs Python in the folder: `add(archive, name, type, data, mode, link)` is there.
    func python(_ script: String) throws {
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        let prelude = """
            import io, os, tarfile
            os.chdir('\(base.path)')
            def add(archive, name, kind=tarfile.REGTYPE, data=b'', mode=0o644, link=''):
                member = tarfile.TarInfo(name)
                member.type, member.mode, member.linkname, member.size = kind, mode, link, len(data)
                archive.addfile(member, io.BytesIO(data))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", prelude + "\n" + script]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    /// Writes one archive for each script, in which `a` is the archive.
    func archives(_ scripts: String...) throws -> [FilePath] {
        try scripts.enumerated().map { number, script in
            let lines = script.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
            try python("with tarfile.open('\(number).tar', 'w') as a:\n    pass\n\(lines)")
            return folder.appending("\(number).tar")
        }
    }

    func remove() { try? FileManager.default.removeItem(at: base) }
}
