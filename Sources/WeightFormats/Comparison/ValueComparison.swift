import Dispatch
import RegistryTypes

/// Compares the elements of two tensors of the same shape and dtype by value.
///
/// Parts of a fixed size are compared on several threads, and their statistics are added in the order of the elements:
/// the result does not depend on how many threads there were.
struct ValueComparison {
    private let dtype: ElementType
    private let tolerance: ValueTolerance
    private var statistics = ValueStatistics()
    private var workers: [BlockComparison] = []

    /// The length of a part; a piece of 2 MiB has four, and so at most four threads work.
    private static let part = 512 << 10

    /// Prepares a comparison; `largestRMS` is the larger one of both sides.
    init(_ dtype: ElementType, tolerance: Tolerance, largestRMS: Double) {
        self.dtype = dtype
        self.tolerance = ValueTolerance(tolerance, largestRMS: largestRMS)
    }

    /// Adds the next elements of both sides, equally many.
    mutating func add(_ original: UnsafeRawBufferPointer, _ reproduced: UnsafeRawBufferPointer) {
        let count = (original.count + Self.part - 1) / Self.part
        while workers.count < count { workers.append(BlockComparison(dtype, tolerance: tolerance)) }
        workers.withUnsafeMutableBufferPointer { workers in
            // Every iteration touches its own worker, and bytes that nobody writes.
            nonisolated(unsafe) let (workers, original, reproduced) = (workers, original, reproduced)
            DispatchQueue.concurrentPerform(iterations: count) { index in
                let range = index * Self.part..<min((index + 1) * Self.part, original.count)
                workers[index].compare(
                    UnsafeRawBufferPointer(rebasing: original[range]),
                    UnsafeRawBufferPointer(rebasing: reproduced[range]))
            }
        }
        for worker in workers[..<count] { statistics.add(worker.statistics) }
    }

    /// The result; `original` and `reproduced` are the scans of all elements of both sides.
    func difference(original: TensorScan, reproduced: TensorScan) -> TensorDifference {
        TensorDifference(
            differing: statistics.bits.differing,
            // Integers of 64 bits may differ although their doubles do not.
            beyondTolerance: dtype.isFloatingPoint ? statistics.beyond : statistics.bits.differing,
            nonfiniteMismatches: statistics.mismatches,
            maxAbsolute: statistics.maxAbsolute,
            maxRelative: statistics.maxRelative,
            maxULP: dtype.isFloatingPoint ? statistics.bits.maxULP : nil,
            rmsDifference: rmsDifference(original),
            cosine: statistics.mismatches == 0 ? cosine(original, reproduced) : nil)
    }

    private func rmsDifference(_ original: TensorScan) -> Double? {
        guard let rms = original.rms, rms > 0 else { return nil }
        let ratio = (statistics.squares / Double(original.finiteCount)).squareRoot() / (rms * tolerance.scale)
        return ratio.isNaN ? nil : min(ratio, .greatestFiniteMagnitude)
    }

    /// By the products of the blocks that differ, and the squares of those that do not: |a|² without what differs.
    private func cosine(_ original: TensorScan, _ reproduced: TensorScan) -> Double? {
        guard let rmsA = original.rms, let rmsB = reproduced.rms else { return nil }
        let lengthA = rmsA * tolerance.scale * Double(original.finiteCount).squareRoot()
        let lengthB = rmsB * tolerance.scale * Double(reproduced.finiteCount).squareRoot()
        let equal = lengthA * lengthA - statistics.originalSquares
        // Less than this is what rounding leaves of nothing.
        let isNoise = equal <= 1e-10 * lengthA * lengthA
        let cosine = (statistics.products + (isNoise ? 0 : equal)) / lengthA / lengthB
        return cosine.isFinite ? min(max(cosine, -1), 1) : nil
    }
}
