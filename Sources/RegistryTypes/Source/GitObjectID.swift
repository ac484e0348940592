/// The name git gives to an object: the SHA-1 or SHA-256 of its header and content.
///
/// Stored inline (no heap allocation), because a bundle may hold 200,000 of them.
package struct GitObjectID: Hashable, Sendable {
    /// The hash function of the repository the object comes from.
    package let algorithm: Algorithm

    // Not a SIMD vector: its 32-byte alignment is more than frames of async functions keep, and corrupts them.
    private let words: Words

    /// Copies the first `algorithm.byteCount` bytes; bytes that are missing count as zero.
    init(algorithm: Algorithm, copying bytes: UnsafeRawBufferPointer) {
        var words = Words()
        withUnsafeMutableBytes(of: &words) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(algorithm.byteCount)))
        }
        self.algorithm = algorithm
        self.words = words
    }

    /// Reads a full object name as git prints it: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
    ///
    /// - Throws: ``SourceProofError/abbreviatedCommit(_:)`` for a shortened name, which may become ambiguous,
    ///   ``SourceProofError/invalidCommit(_:)`` for anything else.
    package init(hex: String) throws {
        let digits = hex.utf8.compactMap(Self.value(ofDigit:))
        guard digits.count == hex.utf8.count else { throw SourceProofError.invalidCommit(hex) }
        guard let algorithm = Algorithm(byteCount: digits.count / 2), digits.count.isMultiple(of: 2) else {
            throw (4..<64).contains(digits.count)
                ? SourceProofError.abbreviatedCommit(hex) : SourceProofError.invalidCommit(hex)
        }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        self = bytes.withUnsafeBytes { Self(algorithm: algorithm, copying: $0) }
    }

    /// The name in lower-case hex, 40 or 64 digits.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return withUnsafeBytes(of: words) { bytes in
            String(unsafeUninitializedCapacity: algorithm.byteCount * 2) { target in
                for index in 0..<algorithm.byteCount {
                    target[index * 2] = digits[Int(bytes[index] >> 4)]
                    target[index * 2 + 1] = digits[Int(bytes[index] & 15)]
                }
                return algorithm.byteCount * 2
            }
        }
    }

    private struct Words: Hashable, Sendable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension GitObjectID: CustomStringConvertible {
    package var description: String { hex }
}
