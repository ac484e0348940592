import Foundation

/// Puts characters together again that were cut between two pieces of a stream.
package struct UTF8Pieces {
    private var rest: [UInt8] = []

    /// Nothing is waiting.
    package init() {}

    /// The text that is complete after a further piece; at most three bytes wait for the next one.
    package mutating func append(_ bytes: some Sequence<UInt8>) -> String {
        rest += bytes
        let cut = rest.count - Self.openBytes(at: rest)
        let text = String(decoding: rest[..<cut], as: UTF8.self)
        rest.removeFirst(cut)
        return text
    }

    /// How many bytes at the end begin a character that is not finished (RFC 3629, section 3).
    private static func openBytes(at bytes: [UInt8]) -> Int {
        for (index, byte) in bytes.suffix(3).reversed().enumerated() {
            let length = byte & 0xE0 == 0xC0 ? 2 : byte & 0xF0 == 0xE0 ? 3 : byte & 0xF8 == 0xF0 ? 4 : 0
            if length > 0 { return length > index + 1 ? index + 1 : 0 }
            if byte & 0xC0 != 0x80 { return 0 }
        }
        return 0
    }
}
