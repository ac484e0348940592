import Foundation
import RegistryTypes
import Testing

/// Trees git would not make, each hashed correctly, so that only the rules about names and shapes can refuse them.
@Suite struct HostileTreeTests {
    private func error(_ bundle: (Data, GitObjectID)) -> SourceProofError? {
        do {
            _ = try SourceProof.verify(bundle.0, commit: bundle.1)
            return nil
        } catch {
            return error as? SourceProofError
        }
    }

    private func isHostile(_ error: SourceProofError?) -> Bool {
        if case .hostileTree = error { true } else { false }
    }

    @Test func theHandmadeFormIsRight() throws {
        let (bundle, commit) = HandmadeBundle.names(["a", "b.git", ".gitignore", "..."].sorted())
        let source = try SourceProof.verify(bundle, commit: commit)
        #expect(source.entries.map(\.path) == ["...", ".gitignore", "a", "b.git"])
        #expect(source.subject == "handmade")
    }

    @Test(arguments: [
        "", ".", "..", ".git", ".GIT", ".gIt", ".git ", ".git.", ".GIT. .", "git~1", "GIT~1", "a/b", "/", "/etc",
        "../x", String(repeating: "n", count: 256),
    ])
    func badNamesAreRefused(name: String) {
        #expect(isHostile(error(HandmadeBundle.names([name]))))
        #expect(isHostile(error(HandmadeBundle.names([name], mode: "120000"))))
    }

    @Test func aZeroByteInANameCannotHide() {
        #expect(error(HandmadeBundle.names(["a\0b"])) != nil)
    }

    @Test func namesThatAreNotUTF8AreExplained() {
        var bundle = HandmadeBundle()
        let blob = bundle.add("x")
        let tree = bundle.add(tree: [.init(name: [0xff, 0xfe], id: blob)])
        #expect(error(bundle.finish(tree)) == .nameNotUTF8(folder: ""))
    }

    @Test func duplicatesAreRefused() {
        #expect(isHostile(error(HandmadeBundle.names(["a", "a"]))))
        #expect(isHostile(error(HandmadeBundle.names(["a", "a-", "a"]))))
    }

    @Test func aFileAndAFolderOfOneNameAreRefused() {
        for mode in ["100644", "120000"] {
            var bundle = HandmadeBundle()
            let blob = bundle.add("../../etc")
            let below = bundle.add(tree: [.init(name: Array("passwd".utf8), id: blob)])
            // "a" < "a-b" < "a/": the pair is sorted and not even adjacent.
            let tree = bundle.add(tree: [
                .init(mode: mode, name: Array("a".utf8), id: blob),
                .init(name: Array("a-b".utf8), id: blob),
                .init(mode: "40000", name: Array("a".utf8), id: below),
            ])
            #expect(isHostile(error(bundle.finish(tree))))
        }
    }

    @Test func twoSpellingsOfOneLetterAreTwoNames() throws {
        let (bundle, commit) = HandmadeBundle.names(["e\u{301}", "é"])
        #expect(try SourceProof.verify(bundle, commit: commit).entries.count == 2)
    }

    @Test func unsortedTreesAreRefused() {
        #expect(isHostile(error(HandmadeBundle.names(["b", "a"]))))
    }

    @Test(arguments: ["100600", "100000", "40755", "120777", "10644", "0", "777", "060000", "020666"])
    func unknownModesAreRefused(mode: String) {
        #expect(isHostile(error(HandmadeBundle.names(["a"], mode: mode))))
    }

    @Test(arguments: ["100644", "100664", "0100644"])
    func modesGitReadsAsAFileAreFiles(mode: String) throws {
        let (bundle, commit) = HandmadeBundle.names(["a"], mode: mode)
        #expect(try SourceProof.verify(bundle, commit: commit).entries.map(\.kind) == [.file])
    }

    @Test(arguments: ["", "1006448", "10064x", "99999999999"])
    func modesThatAreNoNumbersAreRefused(mode: String) {
        guard case .malformedObject = error(HandmadeBundle.names(["a"], mode: mode)) else {
            Issue.record("no refusal")
            return
        }
    }

    @Test func aBlobCannotStandInForATree() {
        #expect(error(HandmadeBundle.names(["a"], mode: "40000")).map { "\($0)".contains("should be a tree") } == true)
    }

    @Test(arguments: ["", "a\0b", String(repeating: "x", count: 4096)])
    func linksWithoutAUsableTargetAreRefused(target: String) {
        var bundle = HandmadeBundle()
        let blob = bundle.add(target)
        let tree = bundle.add(tree: [.init(mode: "120000", name: Array("l".utf8), id: blob)])
        #expect(isHostile(error(bundle.finish(tree))))
    }

    @Test func aTreeBombIsRefusedAtOnce() {
        var bundle = HandmadeBundle()
        var below = bundle.add(tree: [.init(name: Array("x".utf8), id: bundle.add("x"))])
        for _ in 0..<12 {
            below = bundle.add(tree: (0..<10).map { .init(mode: "40000", name: Array("\($0)".utf8), id: below) })
        }
        let bomb = bundle.finish(below)
        #expect(bomb.0.count < 10_000)
        guard case .limitExceeded = error(bomb) else {
            Issue.record("no refusal")
            return
        }
    }

    @Test(arguments: [(255, true), (256, false)])
    func depthIsLimited(depth: Int, allowed: Bool) {
        var bundle = HandmadeBundle()
        var below = bundle.add(tree: [.init(name: Array("x".utf8), id: bundle.add("x"))])
        for _ in 0..<depth { below = bundle.add(tree: [.init(mode: "40000", name: Array("d".utf8), id: below)]) }
        #expect((error(bundle.finish(below)) == nil) == allowed)
    }

    @Test(arguments: ["x +0000", "-5 +0000", "99999999999999999999 +0000", "253402300800 +0000", "5", ""])
    func unreadableDatesAreRefused(dates: String) {
        var bundle = HandmadeBundle()
        let tree = bundle.add(tree: [])
        guard case .malformedObject = error(bundle.finish(tree, dates: dates)) else {
            Issue.record("no refusal")
            return
        }
    }

    @Test(arguments: [
        "blob 1", "blob 1\0", "blob -1\0", "blob 01\0x", "blob +1\0x", "tag 1\0x", "blob  1\0x", "blob 1 \0x",
        "blob 18446744073709551616\0x", "blob 9223372036854775807\0x", "\0", "Blob 1\0x",
    ])
    func malformedStreamsAreRefused(text: String) {
        let bytes = Data(text.utf8)
        #expect(throws: SourceProofError.self) {
            try bytes.withUnsafeBytes { _ = try SourceBundleReader(indexing: $0, algorithm: .sha1) }
        }
    }
}
