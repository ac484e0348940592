import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Archives that are damaged, explode, overlap, or declare more than there is: each is an error, and soon.
@Suite struct HostileArchiveTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func refused(
        _ data: Data, as name: String, _ word: String, kind: String = "malformed",
        _ place: SourceLocation = #_sourceLocation
    ) {
        let start = ContinuousClock.now
        let error = #expect(throws: RegistryError.self, sourceLocation: place) {
            try files.open(data, as: name).contentDigest()
        }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")", sourceLocation: place)
        #expect(error?.details["weights"] == kind, sourceLocation: place)
        #expect(ContinuousClock.now - start < .seconds(60), sourceLocation: place)
    }

    // MARK: - Damage

    /// The file with a bit of one tensor's elements changed.
    private func withOtherElement(_ name: String, tensor: String) throws -> Data {
        var data = try ScratchFiles.fixture(name)
        var elements = Data()
        let found = try #require(files.open(data, as: name).tensors.first { $0.name == tensor })
        try found.forEachChunk { elements.append(contentsOf: $0) }
        data[try #require(data.range(of: elements)).lowerBound] ^= 1
        return data
    }

    @Test(arguments: [
        ("pickle/model.pt", "hidden.bias"), ("training.pt", "model.embedding.weight"), ("model.npz", "hidden.bias"),
        ("network.keras", "layers/dense/vars/0"),
    ])
    func aWrongChecksumIsAnError(_ pair: (file: String, tensor: String)) throws {
        refused(try withOtherElement(pair.file, tensor: pair.tensor), as: pair.file, "has a wrong CRC-32")
    }

    @Test func anArchiveOfPyTorchMayLeaveTheSumsOut() throws {
        let sound = try ScratchFiles.fixture("pickle/model-no-crc.pt")
        let other = try withOtherElement("pickle/model-no-crc.pt", tensor: "hidden.bias")
        let evidence = try files.compare(sound, other, as: "a.pt")
        #expect(evidence.verdict == .withinTolerance)
        #expect(evidence.tensors.first?.difference?.maxULP == 1)
    }

    @Test func aChunkWithAWrongChecksumIsAnError() throws {
        let sound = try ScratchFiles.fixture("checked.h5")
        var data = sound
        let place = try #require(data.range(of: Data([14, 15, 16, 17, 18, 19, 20])))
        data[place.lowerBound] ^= 1
        refused(data, as: "a.h5", "checksum")
    }

    // MARK: - Explosions

    /// A raw deflate stream of so many zeros and a little, which takes 1 byte for 158 (RFC 1951 3.2.6).
    private func bomb(copies: Int) -> Data {
        // The last block with fixed codes: a zero, copies of 258 bytes from one byte before, the end.
        var bits = [1, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]
        for _ in 0..<copies { bits += [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0] }
        bits += [Int](repeating: 0, count: 7 + 7)
        return Data(
            stride(from: 0, to: bits.count - 7, by: 8).map { start in
                UInt8((0..<8).reduce(0) { $0 | bits[start + $1] << $1 })
            })
    }

    @Test(arguments: ["a.npz", "a.keras"])
    func anArchiveThatExplodesIsRefused(_ name: String) throws {
        let packed = bomb(copies: 170_000)
        let size = 270 << 20
        let members = name == "a.npz" ? ["w.npy"] : ["config.json", "model.weights.h5"]
        let archive = HandmadeZip(
            members.map { HandmadeZip.Entry(name: $0, packed: packed, unpacked: size, method: 8) })
        refused(archive.data, as: name, "times as many", kind: "unsupported")
    }

    @Test func aMemberThatIsLongerThanItSaysIsRefused() throws {
        let packed = bomb(copies: 1000)
        let entry = HandmadeZip.Entry(name: "w.npy", packed: packed, unpacked: 200, method: 8)
        refused(HandmadeZip([entry]).data, as: "a.npz", "NUMPY")
        let lie = HandmadeZip.Entry(name: "w.npy", packed: packed, unpacked: 1 << 31, method: 8)
        refused(HandmadeZip([lie]).data, as: "a.npz", "impossible size")
    }

    @Test func aChunkThatExplodesIsRefused() throws {
        // Each chunk is replaced by a stream that goes on and on; whatever it was, it is larger than the chunk.
        var data = try ScratchFiles.fixture("arrays.h5")
        var start = data.startIndex
        var replaced = 0
        while let place = data.range(of: Data([0x78, 0x5E]), in: start..<data.endIndex) {
            let end = place.upperBound + 12
            data.replaceSubrange(place.upperBound..<end, with: bomb(copies: 10).prefix(12))
            start = end
            replaced += 1
        }
        #expect(replaced > 5)
        let tensor = try #require(files.open(data, as: "a.h5").tensors.first { $0.name == "chunks/gzip" })
        let error = #expect(throws: RegistryError.self) { try tensor.forEachChunk { _ in } }
        #expect(error?.message.contains("not valid deflate data of its size") == true)
    }

    // MARK: - Overlaps

    @Test func entriesThatOverlapAreRefused() throws {
        let inner = HandmadeZip.Entry(name: "b.npy", packed: try ScratchFiles.fixture("scalar.npy"))
        let outer = HandmadeZip.Entry(name: "a.npy", packed: HandmadeZip.local(inner))
        var archive = HandmadeZip([outer])
        // The second record points into the data of the first.
        archive.addRecord(of: inner, at: HandmadeZip.local(outer).count - outer.packed.count)
        refused(archive.data, as: "a.npz", "overlaps")
        var twice = HandmadeZip([inner])
        twice.addRecord(of: inner, at: 0)
        refused(twice.data, as: "a.npz", "two entries")
    }

    // MARK: - Headers

    @Test func headersWithoutEndAreRefused() throws {
        let npy = Data([0x93]) + Data("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0x7F] + Data(count: 1000)
        refused(npy, as: "a.npy", "header", kind: "unsupported")
        for length: UInt64 in [.max, 1 << 62, (100 << 20) + 1] {
            let header = withUnsafeBytes(of: length.littleEndian) { Data($0) }
            refused(header + Data("{}".utf8), as: "a.safetensors", "header")
        }
        refused(HandmadeZip([], claiming: 0xFFFE).data, as: "a.npz", "ends in the middle")
    }

    /// As many tensors as a header has room for, which is more than are read; and as many as are read.
    @Test func aMillionTensorsAreBounded() throws {
        refused(manyTensors(1_000_000), as: "a.safetensors", "commas", kind: "unsupported")
        let start = ContinuousClock.now
        #expect(try files.open(manyTensors(200_000), as: "a.safetensors").tensors.count == 200_000)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    private func manyTensors(_ count: Int) -> Data {
        var header = "{"
        for index in 0..<count {
            header +=
                #"\#(index == 0 ? "" : ",")"t\#(index)":{"dtype":"U8","shape":[1],"data_offsets":[\#(index),\#(index + 1)]}"#
        }
        header += "}"
        return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
            + Data(count: count)
    }
}
