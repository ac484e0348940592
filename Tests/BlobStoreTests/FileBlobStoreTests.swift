import BlobStore
import Foundation
import RegistryTypes
import Testing

/// Invariants I1 to I3 of the storage design.
@Suite final class FileBlobStoreTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-blobs-\(UUID())").path
    let store: FileBlobStore

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try FileBlobStore(dataFolder: folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func put(_ data: Data, expecting digest: Digest?, size: Int64? = nil) throws -> Digest {
        let upload = try store.beginUpload()
        // In uneven pieces, as they come from a network.
        for start in stride(from: 0, to: data.count, by: 1000) {
            try data[start..<min(start + 1000, data.count)].withUnsafeBytes { try upload.write($0) }
        }
        return try upload.finish(expecting: digest, size: size)
    }

    private var uploadsLeft: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: store.uploads)) ?? ["unreadable"]
    }

    @Test(arguments: [0, 1, 999, 1000, 70_001]) func keepsBytesUnderTheirDigest(count: Int) throws {
        let data = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let digest = try put(data, expecting: Digest.of(data), size: Int64(count))
        #expect(digest == Digest.of(data))
        #expect(store.path(of: digest).hasSuffix("/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)"))
        #expect(try Data(contentsOf: URL(filePath: store.path(of: digest))) == data)
        let mode = try FileManager.default.attributesOfItem(atPath: store.path(of: digest))[.posixPermissions] as? Int
        #expect(mode == 0o440)
        #expect(uploadsLeft.isEmpty)
    }

    @Test func refusesOtherBytesAndLeavesNothing() throws {
        let data = Data("weights".utf8)
        let wrong = Digest.of(Data("other".utf8))
        #expect { try put(data, expecting: wrong) } throws: { ($0 as? RegistryError)?.code == .digestMismatch }
        #expect { try put(data, expecting: nil, size: 6) } throws: { ($0 as? RegistryError)?.code == .lengthMismatch }
        #expect(!store.contains(wrong) && !store.contains(Digest.of(data)))
        #expect(uploadsLeft.isEmpty)
    }

    @Test func theSameBytesTwiceAreOneBlob() throws {
        let data = Data("twice".utf8)
        let first = try put(data, expecting: nil)
        #expect(try put(data, expecting: first) == first)
        #expect(try Data(contentsOf: URL(filePath: store.path(of: first))) == data)
    }

    @Test func readsByPosition() throws {
        let digest = try put(Data("0123456789".utf8), expecting: nil)
        let reader = try store.open(digest, size: 10)
        var buffer = [UInt8](repeating: 0, count: 4)
        let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0, at: 7) }
        #expect(count == 3 && buffer.prefix(3) == Array("789".utf8)[...])
    }

    @Test func aMissingOrShortenedBlobIsCorrupt() throws {
        let digest = try put(Data("0123456789".utf8), expecting: nil)
        #expect { try store.open(digest, size: 11) } throws: { ($0 as? RegistryError)?.code == .blobCorrupt }
        #expect {
            try store.open(Digest.of(Data("absent".utf8)), size: 6)
        } throws: {
            ($0 as? RegistryError)?.code == .blobCorrupt
        }
    }

    @Test func whatACrashLeftIsThrownAwayButForSessions() throws {
        for name in ["left", "kept"] { try Data("half".utf8).write(to: URL(filePath: store.uploads + "/" + name)) }
        let again = try FileBlobStore(dataFolder: folder)
        try again.discardUploads(keeping: ["kept", "lost"])
        #expect(uploadsLeft == ["kept"])
    }

    @Test func aSessionTakesRangesInAnyOrder() throws {
        let data = Data((0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let id = RunID(at: 0)
        let session = store.session(id)
        try session.make()
        for start in [2000, 0, 1000] {
            let range = try session.beginRange(at: Int64(start), isHashed: true)
            let bytes = data[start..<start + 1000]
            try bytes.withUnsafeBytes { try range.write($0) }
            #expect {
                try range.verify(Digest.of(data))
            } throws: {
                ($0 as? RegistryError)?.code == .digestMismatch
            }
            try range.verify(Digest.of(bytes))
            try range.sync()
        }
        let wrong = Digest.of(Data("other".utf8))
        #expect {
            try session.publish(as: wrong, size: 3000)
        } throws: {
            ($0 as? RegistryError)?.code == .digestMismatch
        }
        #expect(session.exists && !store.contains(wrong))
        let digest = Digest.of(data)
        try session.publish(as: digest, size: 3000)
        #expect(uploadsLeft.isEmpty)
        #expect(try Data(contentsOf: URL(filePath: store.path(of: digest))) == data)
        // A try that was cut off behind the rename.
        try session.publish(as: digest, size: 3000)
    }
}
