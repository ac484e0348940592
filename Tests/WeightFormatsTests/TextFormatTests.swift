import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Text, and what differs although it is no tensor.
@Suite struct TextFormatTests {
    private let files: ScratchFiles
    private let model: Data

    init() throws {
        files = try ScratchFiles()
        model = try ScratchFiles.fixture("lightgbm.txt")
    }

    @Test func aLightGBMModelIsRead() throws {
        let file = try files.open(model, as: "model.txt")
        let names = file.tensors.map(\.name)
        #expect(file.format == "text")
        #expect(names.contains("Tree=0/leaf_value"))
        #expect(names.contains("feature_importances/age"))
        let leaves = try #require(file.tensors.first { $0.name == "Tree=2/leaf_value" })
        #expect(leaves.dtype == .float64)
        #expect(leaves.shape == [4])
        #expect(file.structure.first { $0.name == "objective" }?.value == "binary sigmoid:1")
        #expect(file.structure.first { $0.name == "parameters/num_leaves" }?.value == "4")
        #expect(!file.structure.contains { $0.name == "parameters/num_threads" || $0.name == "tree_sizes" })
    }

    @Test func lineEndsAndThreadsDoNotCount() throws {
        let text = String(decoding: model, as: UTF8.self)
        let crlf = Data(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)
        #expect(try files.compare(model, crlf, as: "model.txt").verdict == .tensorEqual)
        let threads = try model.replacing("[num_threads: 1]", "[num_threads: 8]")
        #expect(try files.compare(model, threads, as: "model.txt").verdict == .tensorEqual)
    }

    @Test func leavesHaveATolerance() throws {
        let line = try #require(
            String(decoding: model, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("leaf_value=") })
        let words = line.dropFirst("leaf_value=".count).split(separator: " ").compactMap { Double($0) }
        func changed(_ factor: Double) throws -> Data {
            try model.replacing(
                String(line), "leaf_value=" + words.map { "\($0 * factor)" }.joined(separator: " "))
        }
        #expect(try files.compare(model, changed(1 + 1e-12), as: "model.txt").verdict == .withinTolerance)
        let far = try files.compare(model, changed(1.5), as: "model.txt")
        #expect(far.verdict == .diverged)
        #expect(far.reason == nil)
    }

    @Test func whatIsNoTensorIsComparedExactly() throws {
        let other = try model.replacing("objective=binary sigmoid:1", "objective=binary sigmoid:2")
        let evidence = try files.compare(model, other, as: "model.txt")
        #expect(evidence.verdict == .diverged)
        #expect(evidence.reason == .structureDiffers)
        #expect(evidence.detail == "not only tensors differ: objective is binary sigmoid:1, here binary sigmoid:2")
        #expect(evidence.totals.equal == evidence.totals.tensors)
        #expect(evidence.originalContentDigest == evidence.reproducedContentDigest)
    }

    @Test func missingAndAddedItemsAreTold() throws {
        let fewer = try model.replacing("objective=binary sigmoid:1\n", "")
        #expect(try files.compare(model, fewer, as: "model.txt").detail?.hasSuffix("is missing here") == true)
        #expect(try files.compare(fewer, model, as: "model.txt").detail?.hasSuffix("is only here") == true)
    }

    @Test func aModelThatIsCutOffIsRefused() throws {
        let text = String(decoding: model, as: UTF8.self)
        let end = try #require(text.range(of: "end of trees"))
        let half = Data(text[..<end.lowerBound].utf8)
        #expect(throws: RegistryError.self) { try files.open(half, as: "model.txt") }
        #expect(try files.compare(model, half, as: "model.txt").reason == .reproducedUnreadable)
    }

    @Test func numbersThatNothingHoldsAreLoud() throws {
        for number in ["1e400", "9223372036854775808"] {
            let text = try model.replacing("num_leaves=4", "num_leaves=\(number)")
            let error = #expect(throws: RegistryError.self) { try files.open(text, as: "model.txt") }
            #expect(error?.message.contains(number) == true)
        }
    }

    @Test func otherTextIsComparedByLines() throws {
        let text = Data("one\ntwo\nthree\n".utf8)
        #expect(try files.compare(text, Data("one\r\ntwo\r\nthree".utf8), as: "a.txt").verdict == .tensorEqual)
        let evidence = try files.compare(text, Data("one\nTwo\nthree\n".utf8), as: "a.txt")
        #expect(evidence.verdict == .diverged)
        #expect(evidence.detail == #"not only tensors differ: line 2 is "two", here "Two""#)
    }

    @Test func bytesThatAreNoTextAreNotGuessed() throws {
        let evidence = try files.compare(Data([0xFF, 0xFE, 1]), Data([0xFF, 0xFE, 2]), as: "a.txt")
        #expect(evidence.verdict == .notVerifiable)
        #expect(evidence.reason == .formatOpaque)
    }

    @Test func manyLinesAreComparedInBlocks() throws {
        let lines = (0..<25_000).map { "line \($0)" }
        var other = lines
        other[24_999] = "changed"
        let evidence = try files.compare(
            Data(lines.joined(separator: "\n").utf8), Data(other.joined(separator: "\n").utf8), as: "a.txt")
        #expect(evidence.verdict == .diverged)
        #expect(evidence.detail?.contains("lines 25000 to 25000") == true)
    }
}
