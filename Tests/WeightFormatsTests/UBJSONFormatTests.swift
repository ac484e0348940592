import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Universal Binary JSON beside what XGBoost writes, and files that lie.
@Suite struct UBJSONFormatTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func open(_ document: Data) throws -> WeightFile { try files.open(document, as: "a.ubj") }

    /// A key or text: a length of one byte, and the characters.
    private func text(_ text: String) -> Data { Data("U".utf8) + [UInt8(text.utf8.count)] + Data(text.utf8) }

    private func object(_ members: KeyValuePairs<String, Data>) -> Data {
        members.reduce(Data("{".utf8)) { $0 + text($1.key) + $1.value } + Data("}".utf8)
    }

    private func bytes(_ parts: (any Sequence<UInt8>)...) -> Data { parts.reduce(Data()) { $0 + Data(Array($1)) } }

    @Test func valuesAreNamedAsInJSON() throws {
        let document = object([
            "a/b": bytes("[".utf8, "i".utf8, [1], "Il".utf8.prefix(1), [1, 0], "]".utf8),
            "mixed": bytes("[#U".utf8, [3], "i".utf8, [7], "T".utf8, "SU".utf8, [1], "x".utf8),
            "floats": bytes("[".utf8, "d".utf8, [0x3F, 0x80, 0, 0], "N".utf8, "i".utf8, [2], "]".utf8),
            "typed": bytes("[$d#U".utf8, [2], [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0]),
            "none": bytes("[$l#U".utf8, [0]), "empty": bytes("[]".utf8), "object": bytes("{}".utf8),
            "counted": bytes("{#U".utf8, [1], text("k"), "D".utf8, [0x3F, 0xF0, 0, 0, 0, 0, 0, 0]),
            "null": bytes("Z".utf8), "letter": bytes("Cx".utf8),
        ])
        let file = try open(document)
        #expect(
            file.tensors.map { "\($0.name) \($0.dtype.rawValue) \($0.shape)" } == [
                "a~1b I64 [2]", "counted/k F64 []", "floats F64 [2]", "mixed/0 I64 []", "none I32 [0]", "typed F32 [2]",
            ])
        #expect(
            file.structure.map { "\($0.name) \($0.value)" } == [
                "empty []", #"letter "x""#, "mixed array of 3", "mixed/1 true", #"mixed/2 "x""#, "null null",
                "object {}",
            ])
        let typed = try #require(file.tensors.last)
        try typed.forEachChunk { #expect(Array($0) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]) }
    }

    @Test func theShortestIntegerIsStillTheSameNumber() throws {
        let short = object(["n": bytes("[i".utf8, [5], "i".utf8, [6], "]".utf8)])
        let long = object(["n": bytes("[#U".utf8, [2], "I".utf8, [0, 5], "l".utf8, [0, 0, 0, 6])])
        #expect(try files.compare(short, long, as: "a.ubj").verdict == .tensorEqual)
        let other = object(["n": bytes("[i".utf8, [5], "i".utf8, [7], "]".utf8)])
        #expect(try files.compare(short, other, as: "a.ubj").verdict == .diverged)
    }

    @Test func textsAreExact() throws {
        let evidence = try files.compare(
            object(["name": bytes("S".utf8, text("gbtree"))]), object(["name": bytes("S".utf8, text("dart"))]),
            as: "a.ubj")
        #expect(evidence.reason == .structureDiffers)
        #expect(evidence.detail == #"not only tensors differ: name is "gbtree", here "dart""#)
    }

    /// One step in the last place of one leaf.
    @Test func aLeafHasTheToleranceOfItsType() throws {
        let sound = try ScratchFiles.fixture("xgboost.ubj")
        var other = sound
        let marker = Data("base_weights[$d#L".utf8)
        let place = try #require(other.range(of: marker)).upperBound + 8 + 3
        other[place] ^= 1
        let evidence = try files.compare(sound, other, as: "a.ubj")
        #expect(evidence.verdict == .withinTolerance)
        #expect(evidence.tensors.first?.name == "learner/gradient_booster/model/trees/0/base_weights")
        #expect(evidence.tensors.first?.difference?.differing == 1)
        #expect(evidence.tensors.first?.difference?.maxULP == 1)
    }

    @Test func documentsThatLieAreRefused() throws {
        let huge: [UInt8] = [0x7F] + [UInt8](repeating: 0xFF, count: 7)
        for document in [
            Data(), bytes("[".utf8), bytes("{".utf8), bytes("i".utf8), bytes("?".utf8), bytes("ZZ".utf8),
            bytes("[#L".utf8, huge), bytes("[$d#L".utf8, huge), bytes("SL".utf8, huge), bytes("{L".utf8, huge),
            bytes("[#i".utf8, [0xFF]), bytes("[$d]".utf8), bytes("[$d#U".utf8, [2], [0, 0, 0, 0]),
            bytes("{".utf8, text("a"), "Z".utf8, text("a"), "Z}".utf8), bytes("SU".utf8, [1], [0xFF]),
        ] {
            let error = #expect(throws: RegistryError.self) { try open(document) }
            #expect(error?.details["weights"] == "malformed", "\(error?.message ?? "")")
        }
    }

    @Test func whatIsNotReadIsNotGuessed() throws {
        for document in [
            bytes("HU".utf8, [1], "1".utf8), bytes("[$Z#L".utf8, [0x7F] + [UInt8](repeating: 0xFF, count: 7)),
            bytes("{$i#U".utf8, [0]), bytes("[$[#U".utf8, [1], "]".utf8),
            Data(repeating: UInt8(ascii: "["), count: 1_000_000),
        ] {
            let error = #expect(throws: RegistryError.self) { try open(document) }
            #expect(error?.details["weights"] == "unsupported", "\(error?.message ?? "")")
        }
    }
}
