import Foundation
import RegistryTypes
import Reproduction
import SystemPackage
import Testing

/// Archives of root file systems, kind and hostile ones.
@Suite struct RootTests {
    private let tar = TarFixture()

    private var base: URL { tar.base }
    private var cache: RootCache { RootCache(folder: tar.folder.appending("cache")) }

    /// Writes `root.tar` in Python.
    private func archive(_ script: String) throws -> FilePath {
        try tar.python(script)
        return tar.folder.appending("root.tar")
    }

    private func remove() { tar.remove() }

    private func text(_ root: FilePath, _ path: String) -> String? {
        try? String(contentsOfFile: root.string + "/" + path, encoding: .utf8)
    }

    @Test(arguments: ["w", "w:gz"])
    func filesFoldersAndLinksAreThere(mode: String) async throws {
        defer { remove() }
        let long = String(repeating: "long/", count: 40) + "name"
        let made = try archive(
            """
            with tarfile.open('root.tar', '\(mode)') as a:
                add(a, './usr', tarfile.DIRTYPE, mode=0o555)
                add(a, './usr/bin/tool', data=b'tool', mode=0o4755)
                add(a, './bin', tarfile.SYMTYPE, link='usr/bin')
                add(a, 'bin/later', data=b'through the link')
                add(a, 'usr/bin/same', tarfile.LNKTYPE, link='./usr/bin/tool')
                add(a, '\(long)', data=b'x' * 3000)
                add(a, 'dev/sda', tarfile.BLKTYPE)
                add(a, 'pipe', tarfile.FIFOTYPE)
                add(a, 'absolute', tarfile.SYMTYPE, link='/etc')
                add(a, 'absolute/inside', data=b'in the root')
            """)
        let digest = Digest.of(Data(mode.utf8))
        let root = try await cache.unpack(made, as: digest)
        #expect(text(root, "usr/bin/tool") == "tool")
        #expect(text(root, "usr/bin/later") == "through the link")
        #expect(text(root, "usr/bin/same") == "tool")
        #expect(text(root, long)?.count == 3000)
        #expect(text(root, "etc/inside") == "in the root")
        #expect(!FileManager.default.fileExists(atPath: "/etc/inside"))
        for name in ["dev/sda", "pipe"] { #expect(!FileManager.default.fileExists(atPath: "\(root)/\(name)")) }
        var status = stat()
        #expect(stat("\(root)/usr/bin/tool", &status) == 0 && status.st_mode & 0o7777 == 0o755)
        #expect(cache.find(digest) == root)
        #expect(try await cache.unpack("/no/such/file", as: digest) == root, "it is kept")
        let left = try FileManager.default.contentsOfDirectory(atPath: base.path + "/cache")
        #expect(left == [digest.hex])
    }

    @Test(arguments: [
        "add(a, '../outside', data=b'x')", "add(a, 'a/../../outside', data=b'x')",
        "add(a, 'h', tarfile.LNKTYPE, link='/etc/passwd')", "add(a, 'h', tarfile.LNKTYPE, link='../outside')",
        "add(a, 's', tarfile.SYMTYPE, link='/etc'); add(a, 'h', tarfile.LNKTYPE, link='s/passwd')",
        "add(a, 's', tarfile.SYMTYPE, link='/etc/passwd'); add(a, 'h', tarfile.LNKTYPE, link='s')",
        "add(a, 'l', tarfile.SYMTYPE, link='l'); add(a, 'l/x', data=b'x')",
        "add(a, 'f', data=b'x'); add(a, 'f/x', data=b'x')", "add(a, 'sparse', b'S', data=b'x')",
        "add(a, 'x' * 300, data=b'x')",
    ])
    func whatLeadsOutIsRefused(script: String) async throws {
        defer { remove() }
        let made = try archive("with tarfile.open('root.tar', 'w') as a:\n    \(script)")
        await #expect(throws: RootError.self) { _ = try await cache.unpack(made, as: Digest.of(Data())) }
        #expect(cache.find(Digest.of(Data())) == nil)
        #expect(!FileManager.default.fileExists(atPath: base.path + "/cache/outside"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: base.path + "/cache").isEmpty)
    }

    @Test(arguments: [
        "open('root.tar', 'wb').write(b'no tar' * 500)",
        "open('root.tar', 'wb').write(b'\\x1f\\x8b\\x08' + b'junk' * 500)",
        """
        with tarfile.open('root.tar', 'w') as a: add(a, 'f', data=b'x' * 5000)
        os.truncate('root.tar', 2048)
        """,
    ])
    func whatIsNoArchiveIsRefused(script: String) async throws {
        defer { remove() }
        let made = try archive(script)
        await #expect(throws: RootError.self) { _ = try await cache.unpack(made, as: Digest.of(Data())) }
    }

    @Test func linksOutOfTheRootStayInside() async throws {
        defer { remove() }
        let made = try archive(
            """
            with tarfile.open('root.tar', 'w') as a:
                add(a, 'up', tarfile.SYMTYPE, link='../../../../..')
                add(a, 'up/etc/assay-was-here', data=b'x')
            """)
        let root = try await cache.unpack(made, as: Digest.of(Data()))
        #expect(text(root, "etc/assay-was-here") == "x")
        #expect(!FileManager.default.fileExists(atPath: "/etc/assay-was-here"))
    }

    @Test func aFolderThatBecameALinkKeepsItsPermissionsToItself() async throws {
        defer { remove() }
        try tar.python("os.makedirs('mine/deep', 0o751); os.chmod('mine', 0o751); os.chmod('mine/deep', 0o751)")
        let made = try archive(
            """
            with tarfile.open('root.tar', 'w') as a:
                add(a, 'x', tarfile.DIRTYPE, mode=0o777)
                add(a, 'x/deep', tarfile.DIRTYPE, mode=0o777)
                add(a, 'x', tarfile.SYMTYPE, link='\(base.path)/mine')
            """)
        _ = try await cache.unpack(made, as: Digest.of(Data()))
        for path in ["mine", "mine/deep"] {
            var status = stat()
            #expect(stat("\(base.path)/\(path)", &status) == 0 && status.st_mode & 0o7777 == 0o751)
        }
    }
}
