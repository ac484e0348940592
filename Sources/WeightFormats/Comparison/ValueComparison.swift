import RegistryTypes

/// Compares the elements of two tensors of the same shape and dtype by value, block by block.
struct ValueComparison {
    private let dtype: ElementType
    private let absolute: Double
    private let relative: Double
    /// A power of two that brings the numbers near one, so that squares neither overflow nor vanish.
    private let scale: Double
    private var first: ElementBlock
    private var second: ElementBlock

    /// The sum of the squares of the scaled distances.
    private var squares = 0.0
    private var bits = BitComparison()
    private var beyond = 0
    private var mismatches = 0
    private var maxAbsolute = 0.0
    private var maxRelative = 0.0

    /// Prepares a comparison; `largestRMS` is the larger one of both sides.
    init(_ dtype: ElementType, tolerance: Tolerance, largestRMS: Double) {
        self.dtype = dtype
        absolute = tolerance.absolute ?? 0
        relative = tolerance.relative ?? 0
        let exponent = largestRMS > 0 ? min(max(-1000, Int(largestRMS.exponent)), 1000) : 0
        scale = Double(sign: .plus, exponent: -exponent, significand: 1)
        first = ElementBlock(dtype)
        second = ElementBlock(dtype)
    }

    /// Adds the next elements of both sides, equally many.
    mutating func add(_ original: UnsafeRawBufferPointer, _ reproduced: UnsafeRawBufferPointer) {
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
            bits.add(a, b, size: dtype.byteCount, skipping: nil)
        } else {
            addCarefully()
            let (left, right) = (first.values, second.values)
            bits.add(a, b, size: dtype.byteCount) { !left[$0].isFinite || !right[$0].isFinite }
        }
    }

    /// The fast way; returns false and adds nothing if an element is not finite or a distance overflows.
    private mutating func addFinite() -> Bool {
        typealias Lanes = ElementBlock.Lanes
        var (sum, largest, ratio) = (Lanes.zero, Lanes.zero, Lanes.zero)
        var outside = SIMD8<Int64>.zero
        let (left, right) = (first.lanes, second.lanes)
        for index in left.indices {
            let (a, b) = (left[index], right[index])
            let signed = a - b
            let distance = signed.replacing(with: -signed, where: signed .< 0)
            let scaled = distance * scale
            sum += scaled * scaled
            let sizeA = a.replacing(with: -a, where: a .< 0)
            let sizeB = b.replacing(with: -b, where: b .< 0)
            outside.replace(with: outside &+ 1, where: distance .> (sizeA * relative + absolute))
            largest.replace(with: distance, where: distance .> largest)
            // Zero by zero is NaN, which is larger than nothing.
            let quotient = distance / sizeA.replacing(with: sizeB, where: sizeB .> sizeA)
            ratio.replace(with: quotient, where: quotient .> ratio)
        }
        let total = sum.sum()
        guard total.isFinite else { return false }
        squares += total
        beyond += Int(outside.wrappedSum())
        maxAbsolute = max(maxAbsolute, largest.max())
        maxRelative = max(maxRelative, ratio.max())
        return true
    }

    private mutating func addCarefully() {
        for (a, b) in zip(first.values, second.values) {
            if a.isFinite, b.isFinite {
                addPair(a, b)
            } else if !(a.isNaN && b.isNaN) && a != b {
                mismatches += 1
                beyond += 1
            }
        }
    }

    private mutating func addPair(_ a: Double, _ b: Double) {
        let distance = (a - b).magnitude
        if !(distance.isFinite && distance <= a.magnitude * relative + absolute) { beyond += 1 }
        maxAbsolute = max(maxAbsolute, min(distance, .greatestFiniteMagnitude))
        let scaled = (a * scale - b * scale).magnitude
        squares += scaled * scaled
        let size = max(a.magnitude, b.magnitude)
        if size > 0 { maxRelative = max(maxRelative, (a / size - b / size).magnitude) }
    }

    /// The result; `original` and `reproduced` are the scans of all elements of both sides.
    func difference(original: TensorScan, reproduced: TensorScan) -> TensorDifference {
        TensorDifference(
            differing: bits.differing,
            // Integers of 64 bits may differ although their doubles do not.
            beyondTolerance: dtype.isFloatingPoint ? beyond : bits.differing,
            nonfiniteMismatches: mismatches,
            maxAbsolute: maxAbsolute,
            maxRelative: maxRelative,
            maxULP: dtype.isFloatingPoint ? bits.maxULP : nil,
            rmsDifference: rmsDifference(original),
            cosine: mismatches == 0 ? cosine(original, reproduced) : nil)
    }

    private func rmsDifference(_ original: TensorScan) -> Double? {
        guard let rms = original.rms, rms > 0 else { return nil }
        let ratio = (squares / Double(original.finiteCount)).squareRoot() / (rms * scale)
        return ratio.isNaN ? nil : min(ratio, .greatestFiniteMagnitude)
    }

    /// By |a|² + |b|² − |a − b|² = 2 a·b, which needs no pass over the equal blocks.
    private func cosine(_ original: TensorScan, _ reproduced: TensorScan) -> Double? {
        guard let rmsA = original.rms, let rmsB = reproduced.rms else { return nil }
        let lengthA = rmsA * scale * Double(original.finiteCount).squareRoot()
        let lengthB = rmsB * scale * Double(reproduced.finiteCount).squareRoot()
        let cosine = (lengthA * lengthA + lengthB * lengthB - squares) / (2 * lengthA * lengthB)
        return cosine.isFinite ? min(max(cosine, -1), 1) : nil
    }
}
