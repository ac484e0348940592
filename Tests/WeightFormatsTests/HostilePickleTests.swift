import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Pickles that lie, explode or nest without end: each is an error, and soon.
@Suite struct HostilePickleTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func refused(_ bytes: [UInt8], _ word: String, _ place: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: RegistryError.self, sourceLocation: place) {
            try files.open(Data(bytes), as: "x.pkl")
        }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")", sourceLocation: place)
    }

    @Test func aClaimedLengthIsNotBelieved() {
        for opcode: UInt8 in [0x42, 0x54, 0x58] { refused([0x80, 4, opcode, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E], "ends") }
        for opcode: UInt8 in [0x8D, 0x8E, 0x96] {
            refused([0x80, 4, opcode] + [UInt8](repeating: 0x7F, count: 8) + [0x2E], "ends")
            refused([0x80, 4, opcode] + [UInt8](repeating: 0xFF, count: 8) + [0x2E], "2^63")
        }
        refused([0x80, 2, 0x8B, 0, 0, 0, 0x80, 0x2E], "integer")
        refused([0x80, 4, 0x4E, 0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E], "remembers")
    }

    @Test func brokenStacksAreRefused() {
        refused([0x80, 4, 0x2E], "not there")
        refused([0x80, 4, 0x28, 0x2E], "not there")
        refused([0x80, 4, 0x74, 0x2E], "mark")
        refused([0x80, 4, 0x4E, 0x28, 0x30, 0x30, 0x2E], "not there")
        refused([0x80, 4, 0x68, 7, 0x2E], "remembered")
        refused([0x80, 4, 0x4E, 0x4E, 0x61, 0x2E], "element")
        refused([0x80, 4, 0x7D, 0x28, 0x4E, 0x75, 0x2E], "key")
        refused([0x80, 4, 0x4E, 0x4E, 0x62, 0x2E], "state")
        refused([0x80, 4, 0xFF, 0x2E], "unknown instruction")
        refused([0x80, 6, 0x4E, 0x2E], "protocol 6")
    }

    @Test func nestingWithoutEndIsRefused() {
        let depth = 1_000_000
        refused([0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: depth) + [0x2E], "nested deeper")
        refused([0x80, 2] + [UInt8](repeating: 0x28, count: depth + 1), "levels")
        refused(
            [0x80, 2] + [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1) + [0x2E],
            "nested deeper")
    }

    @Test func sharedListsThatMultiplyAreRefused() {
        // Each list holds the one before ten times: 10^20 names.
        var bytes: [UInt8] = [0x80, 4, 0x5D, 0x94]
        for level in 0..<20 {
            bytes += [0x5D, 0x94, 0x28] + (0..<10).flatMap { _ in [0x68, UInt8(level)] } + [0x65]
        }
        refused(bytes + [0x2E], "too many")
    }

    @Test func manyNamesForOneArrayAreRefused() throws {
        // A list of 100,000 references to one array of a megabyte of text.
        var bytes: [UInt8] =
            [0x80, 4, 0x5D, 0x28, 0x58, 0, 0, 0x10, 0] + [UInt8](repeating: 0x41, count: 1 << 20) + [0x94]
        for _ in 0..<100_000 { bytes += [0x68, 0] }
        refused(bytes + [0x65, 0x2E], "share")
    }

    @Test func millionsOfValuesAreRefused() {
        refused([0x80, 2, 0x5D, 0x28] + [UInt8](repeating: 0x4E, count: 4_000_000) + [0x65, 0x2E], "values")
        var tensors: [UInt8] = [0x80, 2, 0x7D, 0x28]
        for index: UInt32 in 0..<1_000_000 {
            tensors += [0x4A] + (0..<4).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) } + [0x4B, 1]
        }
        refused(tensors + [0x75, 0x2E], "too many")
    }

    @Test func aZipBombInJoblibIsRefused() throws {
        // Deflate with fixed codes (RFC 1951 3.2.6): a zero, then copies of 258 bytes that take 13 bits each.
        var bits = [0, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]
        let copy = [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0]
        for _ in 0..<270_000 { bits += copy }
        let bytes = stride(from: 0, to: bits.count - 7, by: 8).map { start in
            UInt8((0..<8).reduce(0) { $0 | bits[start + $1] << $1 })
        }
        refused([0x78, 0x01] + bytes, "unpacks")
    }
}
