import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes.
    package let bytes: [UInt8]

    /// Parses the usual form, and no other: `127.0.0.1`, `::1`.
    package init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        } else {
            return nil
        }
    }

    /// Takes the bytes of an address of the system.
    init(bytes: [UInt8]) { self.bytes = bytes }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return text.withUnsafeBufferPointer {
            String(decoding: UnsafeRawBufferPointer($0).prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The IPv4 address that packets to this one end up at: mapped (::ffff:0:0/96) and translated (64:ff9b::/96) ones.
    package var unwrapped: IPAddress {
        let prefixes = ["::ffff:0:0/96", "64:ff9b::/96"].compactMap(IPNetwork.init)
        return prefixes.contains { $0.contains(exactly: self) } ? IPAddress(bytes: Array(bytes.suffix(4))) : self
    }

    /// Whether it is an address of the public internet, as far as the registries of special addresses say
    /// (IANA, RFC 6890).
    package var isPublic: Bool {
        let address = unwrapped
        if address.bytes.count == 16 {
            return IPNetwork.unicast.contains(exactly: address)
                && !IPNetwork.special6.contains { $0.contains(exactly: address) }
        }
        return !IPNetwork.special4.contains { $0.contains(exactly: address) }
    }
}

/// A range of addresses: those whose first bits are the same.
package struct IPNetwork: Hashable, Sendable {
    private let address: IPAddress
    private let length: Int

    /// Parses `10.0.0.0/8`, `fd00::/8` or a single address.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        let bits = address.bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(length) else { return nil }
        self.address = address
        self.length = length
    }

    /// Whether the address, or the IPv4 address in it, is one of the range.
    package func contains(_ other: IPAddress) -> Bool { contains(exactly: other) || contains(exactly: other.unwrapped) }

    fileprivate func contains(exactly other: IPAddress) -> Bool {
        guard address.bytes.count == other.bytes.count else { return false }
        return (0..<length).allSatisfy { bit in
            (address.bytes[bit / 8] ^ other.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }

    /// IPv4 addresses that are not for everybody: this network, private, shared, loopback, link-local with the metadata of
    /// clouds, protocol assignments, examples, relays, benchmarks, multicast, reserved.
    fileprivate static let special4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap(IPNetwork.init)

    /// IPv6 addresses for everybody are in this range, but for those below it: protocol assignments with Teredo, examples,
    /// 6to4.
    fileprivate static let unicast = IPNetwork("2000::/3") ?? IPNetwork(nothing: 16)
    fileprivate static let special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].compactMap(
        IPNetwork.init)

    /// The one address of so many zeros.
    private init(nothing count: Int) {
        address = IPAddress(bytes: Array(repeating: 0, count: count))
        length = count * 8
    }
}
