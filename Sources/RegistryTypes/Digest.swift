public import Crypto
public import Foundation

/// The SHA-256 of some bytes: the identity of blobs, artifacts, recipes and versions.
///
/// Written `sha256:` followed by 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 32 bytes of the digest.
    public let bytes: [UInt8]

    /// Takes 32 raw bytes, as the database stores them.
    public init(bytes: [UInt8]) throws {
        guard bytes.count == SHA256.byteCount else {
            throw RegistryError(.invalidDigest, "a SHA-256 digest has 32 bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// Parses `sha256:<64 lower-case hex>`.
    public init(_ text: some StringProtocol) throws {
        guard text.hasPrefix("sha256:") else {
            throw RegistryError(.invalidDigest, "a digest is written sha256:<64 hex digits>, not \(text.prefix(80))")
        }
        try self.init(hex: text.dropFirst("sha256:".count))
    }

    /// Parses 64 lower-case hexadecimal digits without the algorithm prefix.
    public init(hex: some StringProtocol) throws {
        guard let bytes = Hex.decode(hex), bytes.count == SHA256.byteCount else {
            throw RegistryError(
                .invalidDigest,
                "a SHA-256 digest has 64 lower-case hex digits\(hex.hasPrefix("sha256:") ? " alone here" : ""), not "
                    + String(hex.prefix(80)))
        }
        self.bytes = bytes
    }

    /// Takes a finished hash.
    public init(_ hash: SHA256Digest) {
        bytes = Array(hash)
    }

    /// The digest of bytes held in memory.
    public static func of(_ data: some DataProtocol) -> Digest {
        Digest(SHA256.hash(data: data))
    }

    /// The 64 hexadecimal digits alone.
    public var hex: String { Hex.encode(bytes) }

    /// `sha256:` and the hexadecimal digits.
    public var description: String { "sha256:" + hex }

    public static func < (left: Digest, right: Digest) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension Digest: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
