import Foundation
import RegistryTypes
import Testing

/// Bundles of a real repository that were damaged or belong to something else.
@Suite(.enabled(if: GitFixture.isAvailable, GitFixture.reason))
struct SourceProofRefusalTests {
    private let fixture: GitFixture
    private let head: GitObjectID
    private let objects: [Data]

    init() throws {
        fixture = try GitFixture()
        try fixture.write("README", "hello\n")
        try fixture.write("train/run.py", "print(1)\n", executable: true)
        try fixture.write("train/deep/empty", "")
        try fixture.link("link", to: "README")
        head = try fixture.commit()
        objects = try fixture.objects()
    }

    private func error(_ objects: [Data], subfolder: String = "") -> SourceProofError? {
        error(objects.reduce(Data(), +), subfolder: subfolder)
    }

    private func error(_ bundle: Data, subfolder: String = "", limits: SourceLimits = .standard) -> SourceProofError? {
        do {
            _ = try SourceProof.verify(
                bundle, commit: head, subfolder: SourceSubfolder(subfolder), limits: limits)
            return nil
        } catch {
            return error as? SourceProofError
        }
    }

    @Test func everyFlippedBitOfEveryByteIsFound() {
        let bundle = objects.reduce(Data(), +)
        for position in bundle.indices {
            var damaged = bundle
            damaged[position] ^= 1 << UInt8(position % 8)
            #expect(error(damaged) != nil, "byte \(position)")
        }
    }

    @Test func everyCutIsFound() {
        let bundle = objects.reduce(Data(), +)
        for length in bundle.indices { #expect(error(bundle.prefix(length)) != nil, "\(length) bytes") }
    }

    @Test func everyMissingObjectIsFound() {
        for index in objects.indices {
            var fewer = objects
            fewer.remove(at: index)
            switch error(fewer) {
            case .missingObject where index > 0: continue
            case .wrongCommit where index == 0: continue
            case let other: Issue.record("object \(index): \(String(describing: other))")
            }
        }
    }

    @Test func anExtraObjectIsRefusedWhereverItLies() {
        for index in 1...objects.count {
            var more = objects
            more.insert(Data("blob 1\u{0}x".utf8), at: index)
            guard case .unreferencedObject = error(more) else {
                Issue.record("at \(index): \(String(describing: error(more)))")
                continue
            }
        }
        #expect(error([Data("blob 1\u{0}x".utf8)] + objects) != nil)
    }

    @Test func aRepeatedObjectIsRefused() throws {
        guard case .repeatedObject = error(objects + [try #require(objects.last)]) else {
            Issue.record("no refusal")
            return
        }
    }

    @Test func anotherOrderIsRefused() {
        for index in 1..<objects.count - 1 {
            var other = objects
            other.swapAt(index, index + 1)
            guard case .wrongOrder = error(other) else {
                Issue.record("\(index): \(String(describing: error(other)))")
                continue
            }
        }
    }

    @Test func aBundleOfTheWholeTreeIsNoBundleOfAFolder() throws {
        guard case .unreferencedObject = error(objects, subfolder: "train") else {
            Issue.record("no refusal")
            return
        }
        #expect(try error(fixture.objects(subfolder: "train"), subfolder: "train") == nil)
        guard case .missingObject = try error(fixture.objects(subfolder: "train")) else {
            Issue.record("no refusal")
            return
        }
    }

    @Test func anotherCommitIsRefused() throws {
        let bundle = try fixture.bundle()
        let other = try fixture.commit("second, same tree")
        #expect(throws: SourceProofError.wrongCommit(expected: other, found: head)) {
            try SourceProof.verify(bundle, commit: other)
        }
        #expect(throws: SourceProofError.wrongCommit(expected: other, found: nil)) {
            try SourceProof.verify(Data(), commit: other)
        }
        let treeName = try GitObjectID(hex: fixture.line("rev-parse", "HEAD^{tree}"))
        #expect(throws: SourceProofError.self) { try SourceProof.verify(bundle, commit: treeName) }
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect(error(objects, subfolder: "nowhere") == .noSuchFolder(path: "nowhere", commit: head))
        #expect(error(objects, subfolder: "train/run.py") == .notAFolder(path: "train/run.py", kind: .executable))
        #expect(error(objects, subfolder: "link") == .notAFolder(path: "link", kind: .symlink))
    }

    @Test func limitsHold() throws {
        func refuses(_ change: (inout SourceLimits) -> Void) throws {
            var limits = SourceLimits.standard
            change(&limits)
            guard case .limitExceeded = try error(fixture.bundle(), limits: limits) else {
                Issue.record("no refusal with \(limits)")
                return
            }
        }
        try refuses { $0.maxObjects = 7 }
        try refuses { $0.maxEntries = 5 }
        try refuses { $0.maxObjectBytes = 8 }
        try refuses { $0.maxStructureBytes = 100 }
        try refuses { $0.maxPathDepth = 2 }
        try refuses { $0.maxPathBytes = 10 }
        try refuses { $0.maxTotalPathBytes = 30 }
        try refuses { $0.maxTotalBytes = 100 }
        var exact = SourceLimits.standard
        (exact.maxObjects, exact.maxEntries, exact.maxPathDepth) = (8, 6, 3)
        (exact.maxPathBytes, exact.maxTotalPathBytes) = (16, 53)
        exact.maxTotalBytes = try fixture.bundle().count
        #expect(try error(fixture.bundle(), limits: exact) == nil)
    }
}
