import Synchronization

/// Counts what the scrub has read since the server started.
package final class ScrubTally: Sendable {
    private let blobCount = Atomic<Int64>(0)
    private let byteCount = Atomic<Int64>(0)

    package var blobs: Int64 { blobCount.load(ordering: .relaxed) }
    package var bytes: Int64 { byteCount.load(ordering: .relaxed) }

    func addBlob() { blobCount.add(1, ordering: .relaxed) }
    func add(bytes: Int) { byteCount.add(Int64(bytes), ordering: .relaxed) }
}
