import RegistryTypes

/// Compares a part of two tensors by value, block by block, on one thread.
struct BlockComparison {
    private let dtype: ElementType
    private let tolerance: ValueTolerance
    private var first: ElementBlock
    private var second: ElementBlock
    /// What the last comparison found out.
    private(set) var statistics = ValueStatistics()

    /// Prepares memory for two blocks.
    init(_ dtype: ElementType, tolerance: ValueTolerance) {
        self.dtype = dtype
        self.tolerance = tolerance
        first = ElementBlock(dtype)
        second = ElementBlock(dtype)
    }

    /// Compares equally many elements of both sides, and forgets what was found out before.
    mutating func compare(_ original: UnsafeRawBufferPointer, _ reproduced: UnsafeRawBufferPointer) {
        statistics = ValueStatistics()
        let step = ElementBlock.capacity * dtype.byteCount
        for start in stride(from: 0, to: original.count, by: step) {
            let range = start..<min(start + step, original.count)
            let a = UnsafeRawBufferPointer(rebasing: original[range])
            let b = UnsafeRawBufferPointer(rebasing: reproduced[range])
            if !a.hasSameBytes(as: b) { addDifferent(a, b) }
        }
    }

    private mutating func addDifferent(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) {
        first.load(a)
        second.load(b)
        if addFinite() {
            statistics.bits.add(a, b, size: dtype.byteCount, skipping: nil)
        } else {
            addCarefully()
            let (left, right) = (first.values, second.values)
            statistics.bits.add(a, b, size: dtype.byteCount) { !left[$0].isFinite || !right[$0].isFinite }
        }
    }

    /// The fast way; returns false and adds nothing if an element is not finite or a distance overflows.
    private mutating func addFinite() -> Bool {
        typealias Lanes = ElementBlock.Lanes
        var (sum, largest, ratio) = (Lanes.zero, Lanes.zero, Lanes.zero)
        var (products, squares) = (Lanes.zero, Lanes.zero)
        let (left, right) = (first.lanes, second.lanes)
        for index in left.indices {
            let (a, b) = (left[index], right[index])
            let distance = (a - b).magnitudes
            let scaled = distance * tolerance.scale
            sum += scaled * scaled
            let scaledA = a * tolerance.scale
            products += scaledA * (b * tolerance.scale)
            squares += scaledA * scaledA
            largest.replace(with: distance, where: distance .> largest)
            let (sizeA, sizeB) = (a.magnitudes, b.magnitudes)
            // Zero by zero is NaN, which is larger than nothing.
            let quotient = distance / sizeA.replacing(with: sizeB, where: sizeB .> sizeA)
            ratio.replace(with: quotient, where: quotient .> ratio)
        }
        let total = sum.sum()
        guard total.isFinite else { return false }
        statistics.squares += total
        statistics.products += products.sum()
        statistics.originalSquares += squares.sum()
        statistics.maxAbsolute = max(statistics.maxAbsolute, largest.max())
        statistics.maxRelative = max(statistics.maxRelative, ratio.max())
        // What is within the absolute part is within the whole.
        if largest.max() > tolerance.absolute { statistics.beyond += countBeyond() }
        return true
    }

    private func countBeyond() -> Int {
        var outside = SIMD8<Int64>.zero
        for (a, b) in zip(first.lanes, second.lanes) {
            let allowed = a.magnitudes * tolerance.relative + tolerance.absolute
            outside.replace(with: outside &+ 1, where: (a - b).magnitudes .> allowed)
        }
        return Int(outside.wrappedSum())
    }

    private mutating func addCarefully() {
        for (a, b) in zip(first.values, second.values) {
            if a.isFinite, b.isFinite {
                addPair(a, b)
            } else if !(a.isNaN && b.isNaN) && a != b {
                statistics.mismatches += 1
                statistics.beyond += 1
            }
        }
    }

    private mutating func addPair(_ a: Double, _ b: Double) {
        let distance = (a - b).magnitude
        let allowed = a.magnitude * tolerance.relative + tolerance.absolute
        if !(distance.isFinite && distance <= allowed) { statistics.beyond += 1 }
        statistics.maxAbsolute = max(statistics.maxAbsolute, min(distance, .greatestFiniteMagnitude))
        let (scaledA, scaledB) = (a * tolerance.scale, b * tolerance.scale)
        let scaled = (scaledA - scaledB).magnitude
        statistics.squares += scaled * scaled
        statistics.products += scaledA * scaledB
        statistics.originalSquares += scaledA * scaledA
        let size = max(a.magnitude, b.magnitude)
        if size > 0 { statistics.maxRelative = max(statistics.maxRelative, (a / size - b / size).magnitude) }
    }
}

extension ElementBlock.Lanes {
    /// The absolute values: all bits but the sign.
    @inline(__always)
    fileprivate var magnitudes: Self {
        let bits = unsafeBitCast(self, to: SIMD8<UInt64>.self) & 0x7FFF_FFFF_FFFF_FFFF
        return unsafeBitCast(bits, to: Self.self)
    }
}
