import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// The statistics of a comparison against a plain loop over the numbers, in tensors of several pieces.
@Suite struct ValueStatisticsTests {
    private let files: ScratchFiles
    private var random = SeededRandom(seed: 42)

    init() throws { files = try ScratchFiles() }

    /// A safetensors file of one tensor.
    private func file(_ dtype: ElementType, _ elements: Data) -> Data {
        let count = elements.count / dtype.byteCount
        let header =
            #"{"w":{"dtype":"\#(dtype.rawValue)","shape":[\#(count)],"data_offsets":[0,\#(elements.count)]}}"#
        return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8) + elements
    }

    private func data<Number>(_ numbers: [Number]) -> Data { numbers.withUnsafeBytes { Data($0) } }

    private func difference(_ dtype: ElementType, _ a: Data, _ b: Data) throws -> TensorDifference {
        let evidence = try files.compare(file(dtype, a), file(dtype, b), as: "a.safetensors")
        return try #require(evidence.tensors.first?.difference)
    }

    /// What a loop finds that knows neither blocks nor threads.
    private func expected(_ a: [Double], _ b: [Double], absolute: Double, relative: Double) -> TensorDifference {
        var result = TensorDifference()
        var (squares, lengthA, lengthB, product) = (0.0, 0.0, 0.0, 0.0)
        for (a, b) in zip(a, b) {
            let distance = (a - b).magnitude
            if distance > 0 { result.differing += 1 }
            if distance > absolute + relative * a.magnitude { result.beyondTolerance += 1 }
            result.maxAbsolute = max(result.maxAbsolute, distance)
            if distance > 0 { result.maxRelative = max(result.maxRelative, distance / max(a.magnitude, b.magnitude)) }
            squares += distance * distance
            lengthA += a * a
            lengthB += b * b
            product += a * b
        }
        result.rmsDifference = (squares / lengthA).squareRoot()
        result.cosine = product / (lengthA * lengthB).squareRoot()
        return result
    }

    private func agree(_ found: TensorDifference, _ expected: TensorDifference) {
        #expect(found.differing == expected.differing)
        #expect(found.beyondTolerance == expected.beyondTolerance)
        #expect(found.maxAbsolute == expected.maxAbsolute)
        #expect(found.maxRelative == expected.maxRelative)
        #expect(abs((found.rmsDifference ?? 0) / (expected.rmsDifference ?? 1) - 1) < 1e-9)
        #expect(abs((found.cosine ?? 0) - (expected.cosine ?? 1)) < 1e-9)
    }

    /// Two pieces and a half, and not a multiple of anything.
    private static let count = 1_310_723

    @Test mutating func floatsOfManyPiecesAgreeWithAPlainLoop() throws {
        let a = (0..<Self.count).map { _ in Float(random.next(2_000_001) - 1_000_000) / 1_000_000 }
        var b = a
        for _ in 0..<20_000 {
            let index = random.next(b.count)
            b[index] += Float(random.next(2001) - 1000) / 5_000_000
        }
        let rms = (a.reduce(0) { $0 + Double($1) * Double($1) } / Double(a.count)).squareRoot()
        let found = try difference(.float32, data(a), data(b))
        agree(found, expected(a.map(Double.init), b.map(Double.init), absolute: 1e-5 * rms, relative: 1e-5))
        #expect(found.beyondTolerance > 1000)
        #expect(found.beyondTolerance < found.differing)
    }

    @Test mutating func doublesOfManyPiecesAgreeWithAPlainLoop() throws {
        let a = (0..<Self.count).map { _ in Double(random.next(2_000_001) - 1_000_000) }
        let b = a.map { $0.nextUp }
        let found = try difference(.float64, data(a), data(b))
        let rms = (a.reduce(0) { $0 + $1 * $1 } / Double(a.count)).squareRoot()
        agree(found, expected(a, b, absolute: 1e-9 * rms, relative: 1e-7))
        #expect(found.maxULP == 1)
        #expect(found.beyondTolerance == 0)
    }

    @Test(arguments: [1e-9, -1e-20, 1e12, -3.0])
    mutating func directionsHoldWhateverTheLengths(factor: Double) throws {
        let a = (0..<5000).map { _ in Double(random.next(2_000_001) - 1_000_000) / 1_000_000 }
        let b = a.map { $0 * factor }
        let found = try difference(.float64, data(a), data(b))
        #expect(abs((found.cosine ?? 0) - (factor < 0 ? -1 : 1)) < 1e-12)
        let other = (0..<5000).map { _ in Double(random.next(2_000_001) - 1_000_000) * factor / 1_000_000 }
        let crossed = try difference(.float64, data(a), data(other))
        let expected = expected(a, other, absolute: 0, relative: 0)
        #expect(abs((crossed.cosine ?? 9) - (expected.cosine ?? 1)) < 1e-12)
    }

    @Test mutating func equalPartsCountInTheDirection() throws {
        let a = (0..<300_000).map { _ in Double(random.next(2_000_001) - 1_000_000) }
        var b = a
        for index in 100_000..<101_000 { b[index] *= -1 }
        let found = try difference(.float64, data(a), data(b))
        #expect(abs((found.cosine ?? 0) - (expected(a, b, absolute: 0, relative: 0).cosine ?? 1)) < 1e-12)
    }

    @Test mutating func theSumsDoNotDependOnTheThreads() throws {
        let a = (0..<Self.count).map { _ in Float(random.next(2_000_001) - 1_000_000) / 7 }
        let b = a.map { $0 * 1.000001 }
        let (left, right) = (data(a), data(b))
        let first = try difference(.float32, left, right)
        for _ in 0..<5 { #expect(try difference(.float32, left, right) == first) }
    }

    @Test(arguments: [
        (ElementType.float32, UInt64(0x7FC0_0000)), (.float64, 0x7FF8_0000_0000_0000), (.float16, 0x7E00),
        (.bfloat16, 0x7FC0), (.float8E4M3, 0x7F), (.float8E5M2, 0x7F),
    ])
    func notANumberEverywhere(_ pair: (dtype: ElementType, bits: UInt64)) throws {
        let size = pair.dtype.byteCount
        func filled(_ bits: UInt64) -> Data {
            let element = withUnsafeBytes(of: bits.littleEndian) { Data($0.prefix(size)) }
            return Data((0..<100_000).flatMap { _ in element })
        }
        let (nothing, ones) = (filled(pair.bits), filled(0))
        let same = try files.compare(file(pair.dtype, nothing), file(pair.dtype, nothing), as: "a.safetensors")
        #expect(same.verdict == .bitIdentical)
        #expect(same.totals.nonfiniteOriginal.nan == 100_000)
        // Another payload or sign is the same class of value.
        let sign = try difference(pair.dtype, nothing, filled(pair.bits | 1 << UInt64(8 * size - 1)))
        #expect((sign.differing, sign.beyondTolerance, sign.nonfiniteMismatches) == (100_000, 0, 0))
        let evidence = try files.compare(file(pair.dtype, nothing), file(pair.dtype, ones), as: "a.safetensors")
        #expect(evidence.verdict == .diverged)
        let found = try #require(evidence.tensors.first?.difference)
        #expect((found.nonfiniteMismatches, found.beyondTolerance, found.maxAbsolute) == (100_000, 100_000, 0))
        #expect((found.cosine, found.rmsDifference) == (nil, nil))
    }
}
