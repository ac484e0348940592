import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// What counts in an ONNX model beside its tensors, and what is not read.
@Suite struct ONNXFormatTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    /// A field of a message: its number, and bytes.
    private func field(_ number: Int, _ bytes: Data) -> Data { tag(number, 2) + varint(bytes.count) + bytes }
    private func field(_ number: Int, _ text: String) -> Data { field(number, Data(text.utf8)) }
    private func field(_ number: Int, _ value: Int) -> Data { tag(number, 0) + varint(value) }
    private func tag(_ number: Int, _ wire: Int) -> Data { varint(number << 3 | wire) }
    private func varint(_ value: Int) -> Data {
        var (rest, bytes) = (UInt64(bitPattern: Int64(value)), Data())
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private func tensor(_ name: String, type: Int = 1, dimensions: [Int] = [1], raw: [UInt8]? = [0, 0, 128, 63]) -> Data
    {
        dimensions.reduce(Data()) { $0 + field(1, $1) } + field(2, type) + field(8, name)
            + (raw.map { field(9, Data($0)) } ?? Data())
    }

    private func model(graph: Data, _ more: Data = Data()) -> Data { field(1, 10) + field(7, graph) + more }

    @Test func theGraphIsStructure() throws {
        let file = try files.open(ScratchFiles.fixture("network.onnx"), as: "a.onnx")
        let items = Dictionary(uniqueKeysWithValues: file.structure.map { ($0.name, $0.value) })
        #expect(items["node[0]"] == "MatMul(x, raw) -> h")
        #expect(items["node[1].alpha"] == "0.125")
        #expect(items["node[4].mode"] == "\"constant\"")
        #expect(items["node[4].pads"] == "[0 1 0 1]")
        #expect(items["node[2].then_branch.node[1]"] == "Add(t, inside) -> t.sum")
        #expect(items["input[0]"] == "x: FLOAT [?, 3]")
        #expect(items["opset[ai.onnx]"] == "17")
        #expect(items["four"] == "INT4 [3]")
        #expect(items["texts"] == #"texts [2] "cat" "dog""#)
    }

    @Test func anotherOperatorIsNeverEqual() throws {
        func graph(_ operation: String) -> Data {
            model(graph: field(1, field(1, "x") + field(2, "y") + field(4, operation)) + field(5, tensor("w")))
        }
        let evidence = try files.compare(graph("Relu"), graph("Tanh"), as: "a.onnx")
        #expect(evidence.verdict == .diverged)
        #expect(evidence.detail == "not only tensors differ: node[0] is Relu(x) -> y, here Tanh(x) -> y")
    }

    @Test func whoMadeTheModelDoesNotCount() throws {
        let graph = field(1, field(1, "x") + field(3, "first") + field(4, "Relu")) + field(5, tensor("w"))
        let other =
            field(1, field(1, "x") + field(3, "renamed") + field(4, "Relu") + field(6, "text")) + field(5, tensor("w"))
        let one = model(graph: graph, field(2, "exporter") + field(3, "1.0"))
        let two = model(graph: other + field(2, "graph"), field(2, "exporter") + field(3, "2.0") + field(6, "text"))
        #expect(try files.compare(one, two, as: "a.onnx").verdict == .tensorEqual)
    }

    @Test func operatorSetsCountUnderEitherName() throws {
        func set(_ domain: String, _ version: Int) -> Data { field(8, field(1, domain) + field(2, version)) }
        let one = field(5, tensor("w"))
        let both = model(graph: one, set("", 15) + set("ai.onnx", 15))
        #expect(try files.compare(both, model(graph: one, set("", 15)), as: "a.onnx").verdict == .tensorEqual)
        #expect(try files.compare(both, model(graph: one, set("", 16)), as: "a.onnx").reason == .structureDiffers)
    }

    @Test func aFieldThatNobodyKnowsCounts() throws {
        let graph = field(5, tensor("w"))
        let evidence = try files.compare(
            model(graph: graph + field(40, 1)), model(graph: graph + field(40, 2)), as: "a.onnx")
        #expect(evidence.reason == .structureDiffers)
    }

    @Test func packedAndRawDataAreTheSame() throws {
        let raw = model(graph: field(5, tensor("w")))
        let packed = model(graph: field(5, tensor("w", raw: nil) + field(4, Data([0, 0, 128, 63]))))
        let single = model(graph: field(5, tensor("w", raw: nil) + tag(4, 5) + Data([0, 0, 128, 63])))
        #expect(try files.compare(raw, packed, as: "a.onnx").verdict == .tensorEqual)
        #expect(try files.compare(raw, single, as: "a.onnx").verdict == .tensorEqual)
    }

    @Test func whatIsNotReadIsNotGuessed() throws {
        let sound = model(graph: field(5, tensor("w")))
        let external = tensor("w", raw: nil) + field(13, field(1, "location") + field(2, "w.bin")) + field(14, 1)
        for other in [field(5, external), field(5, tensor("w", type: 14)), field(15, Data())] {
            let evidence = try files.compare(model(graph: other), sound, as: "a.onnx")
            #expect(evidence.verdict == .notVerifiable)
            #expect(evidence.reason == .formatOpaque, "\(evidence.detail ?? "")")
        }
    }

    @Test func modelsThatLieAreRefused() throws {
        let one = field(5, tensor("w"))
        let twice = tensor("w") + field(4, Data([0, 0, 128, 63]))
        let large = tensor("w", type: 2, raw: nil) + field(5, varint(256))
        let list = field(1, "x") + field(5, field(1, "a") + field(2, 1) + field(3, 1) + field(8, 1))
        for graph in [
            one + one, field(5, twice), field(5, tensor("w", dimensions: [1 << 40, 1 << 40])),
            field(5, tensor("w", dimensions: [2])), field(5, tensor("w", dimensions: [-1])), field(5, large),
            field(1, list),
        ] {
            #expect(throws: RegistryError.self) { try files.open(model(graph: graph), as: "a.onnx") }
        }
        #expect(throws: RegistryError.self) { try files.open(model(graph: one) + field(7, one), as: "a.onnx") }
        #expect(throws: RegistryError.self) { try files.open(Data(), as: "a.onnx") }
        #expect(throws: RegistryError.self) { try files.open(Data("not a model".utf8), as: "a.onnx") }
    }

    @Test func graphsInGraphsHaveALimit() throws {
        var graph = field(5, tensor("w"))
        for _ in 0..<1000 { graph = field(1, field(4, "If") + field(5, field(1, "then") + field(6, graph))) }
        let error = #expect(throws: RegistryError.self) { try files.open(model(graph: graph), as: "a.onnx") }
        #expect(error?.details["weights"] == "unsupported")
    }
}
