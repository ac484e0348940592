import Foundation
import RegistryTypes
import Reproduction
import SystemPackage
import Testing

/// Container images as root file systems, out of a real registry on the loopback.
@Suite struct ImageTests {
    private let tar = TarFixture()

    private var cache: RootCache { RootCache(folder: tar.folder.appending("cache")) }

    private func text(_ root: FilePath, _ path: String) -> String? {
        try? String(contentsOfFile: root.string + "/" + path, encoding: .utf8)
    }

    private var left: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: tar.base.path + "/cache")) ?? []).sorted()
    }

    @Test(arguments: [ImageRegistry.Mode.gzip, .zstd, .none])
    func layersLieOnTopOfEachOther(mode: ImageRegistry.Mode) async throws {
        defer { tar.remove() }
        let layers = try tar.archives(
            """
            for name in ['kept', 'gone', 'changed', 'folder/one', 'folder/two', 'opaque/old', 'opaque/deep/old']:
                add(a, name, data=b'first')
            add(a, 'becomes-folder', data=b'x')
            add(a, 'becomes-file/inside', data=b'x')
            add(a, 'becomes-link/inside', data=b'x')
            add(a, 'link', tarfile.SYMTYPE, link='/folder')
            add(a, 'strict', tarfile.DIRTYPE, mode=0o500)
            """,
            """
            add(a, 'opaque/new', data=b'second')
            add(a, 'opaque/.wh..wh..opq')
            add(a, '.wh.gone')
            add(a, 'folder/.wh.one')
            add(a, 'folder/one-more', tarfile.LNKTYPE, link='kept')
            add(a, 'changed', data=b'second', mode=0o755)
            add(a, 'becomes-folder', tarfile.DIRTYPE)
            add(a, 'becomes-folder/inside', data=b'second')
            add(a, 'becomes-file', data=b'second')
            add(a, 'becomes-link', tarfile.SYMTYPE, link='kept')
            add(a, 'link/three', data=b'second')
            add(a, 'strict/inside', data=b'second')
            add(a, 'strict', tarfile.DIRTYPE, mode=0o711)
            """,
            """
            add(a, 'gone', data=b'third')
            add(a, 'link/.wh.two')
            """)
        guard let registry = try ImageRegistry(layers, mode) else { return }
        let image = try await cache.unpack(registry.manifest)
        let root = image.folder
        #expect(image.manifest == registry.manifest.digest)
        let expected: [String: String?] = [
            "kept": "first", "gone": "third", "changed": "second", "folder/one": nil, "folder/two": "first",
            "folder/one-more": "first", "folder/three": "second", "opaque/old": nil, "opaque/deep/old": nil,
            "opaque/new": "second", "becomes-folder/inside": "second", "becomes-file": "second",
            "becomes-link": "first", "strict/inside": "second",
        ]
        for (path, content) in expected { #expect(text(root, path) == content, "\(path)") }
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.string)
        #expect(!names.contains { $0.contains(".wh.") })
        var status = stat()
        #expect(stat("\(root)/strict", &status) == 0 && status.st_mode & 0o7777 == 0o711)
        registry.stop()
        #expect(try await cache.unpack(registry.manifest) == image, "it is kept")
        #expect(left == ["image-\(registry.manifest.digest.hex)"])
    }

    @Test func anIndexStandsForTheImageOfThisPlatform() async throws {
        defer { tar.remove() }
        guard let registry = try ImageRegistry(try tar.archives("add(a, 'file', data=b'x')")) else { return }
        #expect(cache.find(registry.index) == nil)
        try await cache.check(registry.index)
        let image = try await cache.unpack(registry.index)
        #expect(image.manifest == registry.manifest.digest)
        let refused = await #expect(throws: RootError.self) { _ = try await cache.unpack(registry.other) }
        #expect(try #require(refused).description.contains("which this machine is not"))
        registry.stop()
        #expect(try await cache.unpack(registry.index) == image)
        #expect(cache.find(registry.manifest) == image)
    }

    @Test func anImageThatIsNotThereIsMissing() async throws {
        defer { tar.remove() }
        guard let registry = try ImageRegistry(try tar.archives("add(a, 'file', data=b'x')")) else { return }
        let unknown = try ImageReference("\(registry.manifest.repository)@\(Digest.of(Data("x".utf8)))")
        let missing = await #expect(throws: RootError.self) { try await cache.check(unknown) }
        guard case .imageMissing(let sentence) = missing else { return #expect(Bool(false), "\(missing as Any)") }
        #expect(sentence.contains("manifest unknown"))
        registry.stop()
        let unreachable = await #expect(throws: RootError.self) { _ = try await cache.unpack(registry.manifest) }
        #expect(try #require(unreachable).description.contains("connection refused"))
        let without = ImagePuller(program: "/no/such/skopeo")
        let error = await #expect(throws: RootError.self) { try await cache.check(unknown, puller: without) }
        guard case .cannotUnpack(let advice) = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(advice.contains("apt-get install skopeo"))
        #expect(left.isEmpty)
    }

    @Test(arguments: [
        (ImageRegistry.Mode.wrongManifest, "another manifest"), (.wrongLayer, "Digest did not match"),
        (.wrongPlainDigest, "does not hold what the configuration says"),
    ])
    func aRegistryThatLiesIsNotBelieved(mode: ImageRegistry.Mode, sentence: String) async throws {
        defer { tar.remove() }
        guard let registry = try ImageRegistry(try tar.archives("add(a, 'file', data=b'x')"), mode) else { return }
        defer { registry.stop() }
        let refused = await #expect(throws: RootError.self) { _ = try await cache.unpack(registry.manifest) }
        #expect(try #require(refused).description.contains(sentence))
        #expect(left.isEmpty)
    }

    /// Whatever program brought the bytes, it is not believed either.
    @Test(arguments: [
        ("inspect", "printf ' '", "another manifest"),
        ("copy", "for blob in $folder/*; do printf x >>$blob; done", "does not match its digest"),
        ("copy", "rm $folder/*", "does not match its digest"),
    ])
    func aProgramThatLiesIsNotBelieved(command: String, lie: String, sentence: String) async throws {
        defer { tar.remove() }
        guard let registry = try ImageRegistry(try tar.archives("add(a, 'file', data=b'x')")) else { return }
        defer { registry.stop() }
        let program = tar.folder.appending("skopeo")
        let script = """
            #!/bin/sh
            /usr/bin/skopeo "$@" || exit
            for last; do folder=${last#dir:}; done
            if test "$1" = \(command); then \(lie); fi
            """
        try Data(script.utf8).write(to: URL(filePath: program.string))
        chmod(program.string, 0o755)
        let refused = await #expect(throws: RootError.self) {
            _ = try await cache.unpack(registry.manifest, puller: ImagePuller(program: program))
        }
        #expect(try #require(refused).description.contains(sentence))
        #expect(left.isEmpty)
    }

    @Test(arguments: [
        "add(a, '../outside', data=b'x')", "add(a, 'h', tarfile.LNKTYPE, link='/etc/passwd')",
        "add(a, '.wh.a/../../outside')", "add(a, 'x/.wh...')",
    ])
    func aLayerThatLeadsOutIsRefused(script: String) async throws {
        defer { tar.remove() }
        guard let registry = try ImageRegistry(try tar.archives("add(a, 'x/y', data=b'x')", script)) else { return }
        defer { registry.stop() }
        await #expect(throws: RootError.self) { _ = try await cache.unpack(registry.manifest) }
        #expect(left.isEmpty)
    }

    @Test func whatAWhiteoutNamesIsNeverBehindALink() async throws {
        defer { tar.remove() }
        try tar.python("open('mine', 'w').write('mine'); os.mkdir('cache')")
        let layers = try tar.archives(
            "add(a, 'out', tarfile.SYMTYPE, link='\(tar.base.path)'); add(a, 'in/kept', data=b'x')",
            "add(a, 'out/.wh.mine'); add(a, 'out/.wh..wh..opq')")
        guard let registry = try ImageRegistry(layers) else { return }
        defer { registry.stop() }
        let image = try await cache.unpack(registry.manifest)
        #expect(text(image.folder, "in/kept") == "x")
        #expect(text(tar.folder, "mine") == "mine")
    }
}
