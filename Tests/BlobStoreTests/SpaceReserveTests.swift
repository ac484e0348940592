import BlobStore
import Foundation
import RegistryTypes
import Testing

/// Invariants I5 and I6: what uploads leave free, and what is given back when nothing is.
@Suite final class SpaceReserveTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-reserve-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func isFull(_ error: any Error) -> Bool { (error as? RegistryError)?.code == .storageFull }

    /// Other programs use the same disk, so the numbers are far apart.
    @Test func countsWhatIsComingIn() throws {
        let store = try FileBlobStore(dataFolder: folder, minimumFree: 0)
        let most = store.reserve.free / 4 * 3
        try store.reserve.claim(most)
        #expect { try store.reserve.claim(most) } throws: { Self.isFull($0) }
        store.reserve.release(most)
        try store.reserve.claim(most)
        #expect { try store.reserve.claim(.max) } throws: { Self.isFull($0) }
    }

    @Test func keepsItsPartFree() throws {
        let store = try FileBlobStore(dataFolder: folder, minimumFree: 1 << 60)
        #expect { try store.reserve.claim(1) } throws: { Self.isFull($0) }
        let usual = try FileBlobStore(dataFolder: folder)
        #expect(usual.reserve.minimum >= 1 << 30)
    }

    @Test func theBallastIsGivenBackOnceAndTakenAgain() throws {
        let store = try FileBlobStore(dataFolder: folder)
        let file = folder + "/ballast"
        #expect(store.ballast.isSpent && !FileManager.default.fileExists(atPath: file))
        store.ballast.refill()
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
        #expect(size?.intValue == 16 << 20)
        #expect(!store.ballast.isSpent)
        #expect(store.ballast.spend())
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(store.ballast.isSpent && !store.ballast.spend())
        store.ballast.refill()
        #expect(!store.ballast.isSpent && FileManager.default.fileExists(atPath: file))
    }
}
