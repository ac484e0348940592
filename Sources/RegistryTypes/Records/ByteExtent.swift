/// Bytes that follow each other, by the positions of the first and the last; the pair `[first, last]` in JSON.
public struct ByteExtent: Hashable, Sendable, CustomStringConvertible {
    public let first: Int64
    public let last: Int64

    /// The bytes of a range, which is not empty.
    public init(_ range: Range<Int64>) {
        first = range.lowerBound
        last = range.upperBound - 1
    }

    /// The same as a half-open range.
    public var range: Range<Int64> { first..<last + 1 }

    /// `first-last`, as in Content-Range.
    public var description: String { "\(first)-\(last)" }
}

extension ByteExtent: Codable {
    public init(from decoder: any Decoder) throws {
        var pair = try decoder.unkeyedContainer()
        first = try pair.decode(Int64.self)
        last = try pair.decode(Int64.self)
        guard pair.isAtEnd, first >= 0, last >= first, last < .max else {
            throw DecodingError.dataCorruptedError(in: pair, debugDescription: "is not a pair [first, last]")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var pair = encoder.unkeyedContainer()
        try pair.encode(first)
        try pair.encode(last)
    }
}

extension RangeSet<Int64> {
    /// The bytes of some extents.
    public init(_ extents: [ByteExtent]) { self.init(extents.map(\.range)) }

    /// The bytes as extents, in order.
    public var extents: [ByteExtent] { ranges.map { ByteExtent($0) } }

    /// The bytes of a range that are not in the set.
    public func gaps(in range: Range<Int64>) -> RangeSet<Int64> {
        var gaps = range.isEmpty ? RangeSet() : RangeSet(range)
        gaps.subtract(self)
        return gaps
    }
}
