import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Models that the libraries of their formats wrote, and what those libraries read from them.
@Suite struct ModelFixtureTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    static let expected: [String: [JSONValue]] = ["models.json", "checkpoints.json"].reduce(into: [:]) { all, name in
        guard let data = try? ScratchFiles.fixture(name), let members = try? JSONParser.parse(data).object else {
            return
        }
        all.merge(members.compactMapValues(\.array)) { $1 }
    }

    @Test(arguments: expected.keys.sorted())
    func theTensorsAreThoseOfTheLibrary(_ name: String) throws {
        let file = try files.open(ScratchFiles.fixture(name), as: name)
        let found = try file.tensors.map { tensor -> JSONValue in
            var elements = Data()
            try tensor.forEachChunk { elements.append(contentsOf: $0) }
            return .array([
                .string(tensor.name), .string(tensor.dtype.rawValue), .array(tensor.shape.map { .integer($0) }),
                .string(Digest.of(elements).hex),
            ])
        }
        let expected = try #require(Self.expected[name])
        #expect(expected.count > 1)
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) { #expect(found == expected) }
    }

    @Test func everyFormatIsFoundByItsExtension() throws {
        let names = [
            "network.onnx": "onnx", "network.gguf": "gguf", "xgboost.json": "json", "xgboost.ubj": "ubjson",
            "lightgbm.txt": "text",
        ]
        for (name, format) in names {
            let file = try files.map(ScratchFiles.fixture(name))
            #expect(KnownWeightFormats.detect(fileName: name, file: file).name == format)
        }
        let gguf = try files.map(ScratchFiles.fixture("network.gguf"))
        #expect(KnownWeightFormats.detect(fileName: "blob", file: gguf).name == "gguf")
        let booster = try files.map(ScratchFiles.fixture("xgboost.ubj"))
        #expect(KnownWeightFormats.detect(fileName: "blob", file: booster).name == "ubjson")
    }
}
