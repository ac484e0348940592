import Foundation
import Reproduction
import SystemPackage
import Testing

@Suite("Output collector")
struct OutputCollectorTests: ~Copyable {
    private let base: URL
    private let out: URL
    private let work: URL

    init() throws {
        base = FileManager.default.temporaryDirectory.appending(path: "assay-outputs-\(UUID().uuidString)")
        out = base.appending(path: "out")
        work = base.appending(path: "work")
        for folder in [out.appending(path: "sub"), work] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: base)
    }

    private func write(_ path: String, _ text: String = "data") throws {
        try Data(text.utf8).write(to: out.appending(path: path))
    }

    private func collector(_ limits: OutputCollector.Limits = .init()) -> OutputCollector {
        OutputCollector(folder: FilePath(out.path), workFolder: FilePath(work.path), limits: limits)
    }

    private func problem(_ path: String, limits: OutputCollector.Limits = .init()) -> OutputCollectionError? {
        #expect(throws: OutputCollectionError.self) { try collector(limits).collect([path]) }
    }

    @Test("files are found in the declared order, folders sorted")
    func files() throws {
        try write("model.npz", "weights")
        try write("sub/b")
        try write("sub/a")
        let found = try collector().collect(["sub", "model.npz"])
        #expect(found.map(\.path) == ["sub/a", "sub/b", "model.npz"])
        #expect(found.map(\.declared) == ["sub", "sub", "model.npz"])
        #expect(found.map(\.size) == [4, 4, 7])
        #expect(found[2].file == FilePath(out.path).appending("model.npz"))
    }

    @Test("a file is opened for reading")
    func open() throws {
        try write("sub/a", "text")
        let file = try collector().open("sub/a")
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 10)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == "text")
    }

    @Test("a missing output says whether it was written to the wrong folder")
    func missing() throws {
        try Data().write(to: work.appending(path: "model.npz"))
        #expect(problem("model.npz") == .missing("model.npz", isInWorkFolder: true))
        #expect(problem("model.npz")?.description.contains("write it to $ASSAY_OUTPUTS instead") == true)
        #expect(problem("other.npz") == .missing("other.npz", isInWorkFolder: false))
        #expect(problem("no/such/folder") == .missing("no/such/folder", isInWorkFolder: false))
    }

    @Test("links, pipes and sockets are refused, at the end and on the way")
    func kinds() throws {
        try write("real")
        symlink("real", out.appending(path: "link").path)
        symlink("/etc", out.appending(path: "etc").path)
        symlink("nowhere", out.appending(path: "dangling").path)
        link(out.appending(path: "real").path, out.appending(path: "hard").path)
        mkfifo(out.appending(path: "fifo").path, 0o600)
        #expect(problem("link") == .notAcceptable("link", .symbolicLink))
        #expect(problem("dangling") == .notAcceptable("dangling", .symbolicLink))
        #expect(problem("etc") == .notAcceptable("etc", .symbolicLink))
        #expect(problem("etc/passwd") == .notAcceptable("etc/passwd", .symbolicLink))
        #expect(problem("hard") == .notAcceptable("hard", .hardLinked))
        #expect(problem("fifo") == .notAcceptable("fifo", .namedPipe))
        #expect(problem("sub") == .notAcceptable("sub", .emptyFolder))
        #expect(problem("real/below") == .notAcceptable("real/below", .symbolicLink))
        for path in ["link", "fifo", "etc/passwd", "hard", "sub"] {
            #expect(throws: OutputCollectionError.self) { try collector().open(path) }
        }
    }

    @Test("links inside a declared folder are refused")
    func linkInFolder() throws {
        symlink("/etc/passwd", out.appending(path: "sub/link").path)
        #expect(problem("sub") == .notAcceptable("sub/link", .symbolicLink))
    }

    @Test("a name that is not UTF-8 is refused")
    func badName() throws {
        let name = Array(out.appending(path: "sub").path.utf8) + [0x2F, 0xFF, 0]
        let file = name.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: name.count) { creat($0, 0o600) }
            } ?? -1
        }
        try #require(file >= 0)
        close(file)
        #expect(problem("sub") == .notAcceptable("sub/?", .name))
    }

    @Test(
        "paths that leave the folder are refused",
        arguments: ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a\0"])
    func paths(path: String) {
        #expect(problem(path) == .badPath(path))
    }

    @Test("sizes and counts are limited, sparse files by their length")
    func limits() throws {
        try write("a", "12345")
        try write("b", "12345")
        #expect(problem("a", limits: .init(fileBytes: 4)) == .tooLarge("a", size: 5, limit: 4))
        #expect(throws: OutputCollectionError.tooLargeTogether(limit: 9)) {
            try collector(.init(totalBytes: 9)).collect(["a", "b"])
        }
        #expect(throws: OutputCollectionError.tooMany(limit: 1)) {
            try collector(.init(files: 1)).collect(["a", "b"])
        }
        truncate(out.appending(path: "a").path, 10 << 30)
        #expect(problem("a", limits: .init(fileBytes: 1 << 30)) == .tooLarge("a", size: 10 << 30, limit: 1 << 30))
    }

    @Test("many or deep folders are refused")
    func folders() throws {
        for number in 0..<5 { mkdir(out.appending(path: "sub/\(number)").path, 0o700) }
        #expect(problem("sub", limits: .init(files: 3)) == .tooMany(limit: 3))
        let deep = (0..<70).map { _ in "d" }.joined(separator: "/")
        try FileManager.default.createDirectory(at: out.appending(path: deep), withIntermediateDirectories: true)
        #expect(problem("d") == .notAcceptable("d", .unreadable))
    }
}
