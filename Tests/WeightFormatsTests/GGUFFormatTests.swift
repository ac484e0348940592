import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// What counts in a GGUF file beside its tensors, and files that lie.
@Suite struct GGUFFormatTests {
    private let files: ScratchFiles
    private let sound: Data

    init() throws {
        files = try ScratchFiles()
        sound = try ScratchFiles.fixture("network.gguf")
    }

    private func bytes<Number: FixedWidthInteger>(_ number: Number) -> Data {
        withUnsafeBytes(of: number.littleEndian) { Data($0) }
    }

    private func text(_ text: String) -> Data { bytes(UInt64(text.utf8.count)) + Data(text.utf8) }

    /// A file of one value and tensors of so many bytes each.
    private func file(
        version: UInt32 = 3, tensors: UInt64 = 1, values: [Data] = [], offset: UInt64 = 0, dimension: UInt64 = 8,
        type: UInt32 = 24, data: Int = 32
    ) -> Data {
        var file = Data("GGUF".utf8) + bytes(version) + bytes(tensors) + bytes(UInt64(values.count))
        for value in values { file += value }
        file += text("w") + bytes(UInt32(1)) + bytes(dimension) + bytes(type) + bytes(offset)
        file += Data(count: (32 - file.count % 32) % 32)
        return file + Data(count: data)
    }

    private func value(_ key: String, _ text: String) -> Data { self.text(key) + bytes(UInt32(8)) + self.text(text) }

    @Test func valuesAndBlocksAreStructure() throws {
        let items = try Dictionary(
            uniqueKeysWithValues: files.open(sound, as: "a.gguf").structure.map { ($0.name, $0.value) })
        #expect(items["general.architecture"] == "\"llama\"")
        #expect(items["general.name"] == nil)
        #expect(items["llama.context_length"] == "64")
        #expect(items["llama.rope.freq_base"] == "10000.0")
        #expect(items["tokenizer.ggml.add_bos_token"] == "true")
        #expect(items["q8.weight"] == "Q8_0 [2, 64]")
        #expect(items["tokenizer.ggml.tokens"]?.hasPrefix("4 of type 8: ") == true)
    }

    @Test func namesDoNotCountAndSettingsDo() throws {
        let one = file(values: [value("general.name", "one"), value("general.architecture", "llama")])
        let two = file(values: [value("general.name", "two"), value("general.architecture", "llama")])
        let three = file(values: [value("general.name", "one"), value("general.architecture", "mamba")])
        #expect(try files.compare(one, two, as: "a.gguf").verdict == .tensorEqual)
        let evidence = try files.compare(one, three, as: "a.gguf")
        #expect(evidence.verdict == .diverged)
        #expect(evidence.reason == .structureDiffers)
    }

    @Test func blocksHaveNoTolerance() throws {
        var verdicts: Set<OutputVerdict> = []
        for index in stride(from: sound.count - 700, to: sound.count, by: 7) {
            var other = sound
            other[index] ^= 1
            let evidence = try files.compare(sound, other, as: "a.gguf")
            if evidence.tensors.first?.name == "q8.weight" { verdicts.insert(evidence.verdict) }
        }
        #expect(verdicts == [.diverged])
    }

    @Test func filesThatLieAreRefused() throws {
        _ = try files.open(file(), as: "a.gguf")
        for data in [
            file(tensors: .max), file(offset: 32), file(offset: 7), file(dimension: 33), file(dimension: .max),
            file(dimension: 7, type: 8), file(data: 96), file(tensors: 2), Data("GGUF".utf8), Data(),
            file(values: [value("a", "1"), value("a", "2")]),
        ] {
            #expect(throws: RegistryError.self) { try files.open(data, as: "a.gguf") }
        }
    }

    @Test func otherVersionsAndTypesAreNotGuessed() throws {
        for data in [file(version: 1), file(version: 4), file(version: UInt32(3).byteSwapped), file(type: 77)] {
            let evidence = try files.compare(data, file(), as: "a.gguf")
            #expect(evidence.verdict == .notVerifiable)
            #expect(evidence.reason == .formatOpaque)
        }
    }
}
