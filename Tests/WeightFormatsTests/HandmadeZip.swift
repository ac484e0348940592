import Foundation

/// A zip archive put together by hand, so that it can lie.
struct HandmadeZip {
    /// One member, packed already.
    struct Entry {
        let name: String
        let packed: Data
        var unpacked: Int?
        var method: UInt16 = 0
    }

    private var body = Data()
    private var directory = Data()
    private var count: UInt16 = 0
    private let claimed: UInt16?

    /// Puts entries behind one another; `claiming` is the number of entries at the end, if it is a lie.
    init(_ entries: [Entry], claiming claimed: UInt16? = nil) {
        self.claimed = claimed
        for entry in entries {
            let offset = body.count
            body += Self.local(entry)
            addRecord(of: entry, at: offset)
        }
    }

    /// Adds a record of the directory, whatever stands at the offset.
    mutating func addRecord(of entry: Entry, at offset: Int) {
        directory += Self.bytes(UInt32(0x0201_4B50)) + Self.bytes(UInt16(20)) + Self.common(entry)
        directory += Self.bytes(UInt16(0)) + Data(count: 8) + Self.bytes(UInt32(offset)) + Data(entry.name.utf8)
        count += 1
    }

    /// The whole archive.
    var data: Data {
        var end = Self.bytes(UInt32(0x0605_4B50)) + Data(count: 4)
        end += Self.bytes(claimed ?? count) + Self.bytes(claimed ?? count)
        end += Self.bytes(UInt32(directory.count)) + Self.bytes(UInt32(body.count)) + Data(count: 2)
        return body + directory + end
    }

    /// An entry with its local header.
    static func local(_ entry: Entry) -> Data {
        bytes(UInt32(0x0403_4B50)) + common(entry) + Data(entry.name.utf8) + entry.packed
    }

    /// What the local header and the record have in common: version to length of the extra field.
    private static func common(_ entry: Entry) -> Data {
        var data = bytes(UInt16(20)) + bytes(UInt16(0)) + bytes(entry.method) + Data(count: 4)
        data += bytes(checksum(entry.packed)) + bytes(UInt32(entry.packed.count))
        data += bytes(UInt32(entry.unpacked ?? entry.packed.count))
        return data + bytes(UInt16(entry.name.utf8.count)) + bytes(UInt16(0))
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> Data {
        withUnsafeBytes(of: number.littleEndian) { Data($0) }
    }

    /// CRC-32, bit by bit.
    private static func checksum(_ data: Data) -> UInt32 {
        var sum = UInt32.max
        for byte in data {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~sum
    }
}
