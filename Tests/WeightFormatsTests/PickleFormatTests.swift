import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Pickles, joblib's files and those of PyTorch, as the libraries wrote them.
@Suite struct PickleFormatTests {
    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func open(_ name: String) throws -> WeightFile {
        try files.open(try ScratchFiles.fixture("pickle/\(name)"), as: name)
    }

    private func compare(_ original: String, _ reproduced: String) throws -> OutputEvidence {
        try files.compare(
            ScratchFiles.fixture("pickle/\(original)"), ScratchFiles.fixture("pickle/\(reproduced)"), as: original)
    }

    private func item(_ name: String, _ file: WeightFile) -> String? { file.structure.first { $0.name == name }?.value }

    /// The elements of a tensor, converted if they are doubles.
    private func doubles(_ name: String, _ file: WeightFile) throws -> [Double] {
        let tensor = try #require(file.tensors.first { $0.name == name })
        var values: [Double] = []
        try tensor.forEachChunk { chunk in
            for index in 0..<chunk.count / 8 {
                values.append(chunk.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
            }
        }
        return values
    }

    @Test(arguments: [
        "model-0.pkl", "model-2.pkl", "model-4.pkl", "model-5.pkl", "model-variants.pkl", "model.joblib",
        "model-zlib.joblib", "model-gzip.joblib", "model.pt", "model-legacy.pt", "model-views.pt",
        "model-big-endian.pt", "model-no-crc.pt",
    ])
    func theSameNumbersHaveTheSameContentDigest(_ name: String) throws {
        let file = try open(name)
        let expected = String(decoding: try ScratchFiles.fixture("model.content-v1"), as: UTF8.self)
        #expect(file.structure.isEmpty, "\(file.structure)")
        #expect(try file.contentDigest().hex == expected.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test(arguments: [
        ("model-0.pkl", "model-5.pkl"), ("model.joblib", "model-gzip.joblib"), ("model.pt", "model-legacy.pt"),
        ("model.pt", "model-views.pt"), ("hist.pkl", "hist-threads.pkl"),
        ("search.pkl", "search-again.pkl"),
    ])
    func otherBytesWithTheSameContentAreTensorEqual(_ pair: (String, String)) throws {
        let evidence = try compare(pair.0, pair.1)
        #expect(evidence.verdict == .tensorEqual, "\(evidence.detail ?? "")")
    }

    @Test func valuesAreNamedByTheirPath() throws {
        let file = try open("values.pkl")
        #expect(
            file.tensors.map(\.name) == ["[(\"x\", 1)]", "[5]", "complex", "count", "list", "nested.a[0].b", "number"])
        #expect(try doubles("list", file) == [1, 2.5])
        #expect(try doubles("number", file) == [1.5])
        #expect(item("flag", file) == "True")
        #expect(item("nothing", file) == "None")
        #expect(item("text", file) == "\"hello\"")
        #expect(item("empty", file) == "[]")
        #expect(item("set", file) == #"{"a", "b", "c"}"#)
        #expect(item("big", file) == "0x0100000000000000000000")
        #expect(item("complex.__class__", file) == "builtins.complex")
    }

    @Test func aCallIsOnlyARecord() throws {
        let file = try open("call.pkl")
        #expect(item("a.__class__", file) == "builtins.print")
        #expect(item("a[0]", file) == "\"this must never be printed\"")
    }

    @Test func aCircleIsNamedOnce() throws {
        #expect(item("self", try open("circle.pkl")) == "the object 1 levels above")
    }

    @Test func modelsOfScikitLearnAreRead() throws {
        let logistic = try open("logistic.pkl")
        #expect(logistic.tensors.first { $0.name == "coef_" }?.shape == [1, 3])
        #expect(item("C", logistic) == "1.0")
        #expect(item("__class__", logistic) == "sklearn.linear_model._logistic.LogisticRegression")
        #expect(item("classes_", logistic)?.hasPrefix("U3 [2], 24 bytes") == true)
        #expect(!logistic.structure.contains { $0.name == "_sklearn_version" || $0.name == "n_jobs" })
        let forest = try open("forest.pkl")
        #expect(forest.tensors.contains { $0.name == "estimators_[2].tree_.nodes.threshold" && $0.dtype == .float64 })
        #expect(forest.tensors.contains { $0.name == "estimators_[0].tree_.values" })
        #expect(try forest.contentDigest() == open("forest.joblib").contentDigest())
        #expect(try open("mlp.pkl").tensors.contains { $0.name == "coefs_[0]" && $0.shape == [3, 4] })
        #expect(try open("hist.pkl").tensors.contains { $0.name == "_predictors[0][0].nodes.value" })
    }

    @Test func anInfiniteThresholdIsAValue() throws {
        let file = try open("hist-missing.pkl")
        let name = "_predictors[0][0].nodes.num_threshold"
        #expect(try doubles(name, file).contains(.infinity))
        #expect(try file.nonfinite().isEmpty)
        let evidence = try compare("hist-missing.pkl", "hist-missing.pkl")
        #expect(evidence.totals.nonfiniteOriginal.total == 0)
    }

    @Test func arraysOfObjectsAreTheirElements() throws {
        let file = try open("objects.joblib")
        #expect(file.tensors.map(\.name) == ["names[1]", "w"])
        #expect(item("names[0]", file) == "\"a\"")
        #expect(item("names[2]", file) == "None")
    }

    @Test func aModuleHasTheNamesOfItsStateDict() throws {
        let (module, state) = (try open("module.pt"), try open("state.pt"))
        #expect(module.tensors.map(\.name) == state.tensors.map(\.name))
        #expect(try module.contentDigest() == state.contentDigest())
        #expect(item("0.in_features", module) == "3")
        #expect(item("2.bias", module) == "None")
        let checkpoint = try open("checkpoint.pt")
        let names = checkpoint.tensors.map(\.name)
        #expect(names.contains("model_state_dict.0.weight"))
        #expect(names.contains("optimizer.state[0].exp_avg"))
        #expect(names.contains("epoch"))
        #expect(try doubles("loss", checkpoint) == [0.25])
    }

    @Test func smallTypesAndSharedStoragesAreRead() throws {
        let file = try open("types.pt")
        #expect(file.tensors.map(\.name) == ["bf16", "e4m3", "tied", "tied too", "u16"])
        #expect(file.tensors.map(\.dtype) == [.bfloat16, .float8E4M3, .bool, .bool, .uint16])
        #expect(file.tensors[0].shape == [2, 3])
    }

    @Test(arguments: [
        ("bad-opaque-bytes.pkl", "own format"), ("bad-bytearray.pkl", "own format"),
        ("bad-clash.pkl", "both be called"),
        ("bad-out-of-band.pkl", "buffers"), ("bad-two.pkl", "one object"), ("bad-extension.pkl", "extension codes"),
        ("bad-persistent.pkl", "outside the pickle"), ("model-bz2.joblib", "bzip2"), ("sparse.pt", "sparse"),
        ("bad-lightgbm.pkl", "LightGBM"),
    ])
    func whatIsNotReadIsOpaque(_ pair: (name: String, word: String)) throws {
        let error = #expect(throws: RegistryError.self) { try open(pair.name) }
        #expect(error?.message.contains(pair.word) == true, "\(error?.message ?? "")")
        let data = try ScratchFiles.fixture("pickle/\(pair.name)")
        let evidence = try files.compare(data, data + [0], as: pair.name)
        #expect(evidence.verdict == .notVerifiable)
        #expect(evidence.reason == .formatOpaque)
    }

    @Test(arguments: [
        ("model.pt", "x.bin", "pytorch"), ("model-legacy.pt", "x.bin", "pytorch"), ("model-4.pkl", "x", "pickle"),
        ("model.joblib", "x.joblib", "joblib"), ("model.joblib", "x.pkl", "pickle"),
    ])
    func theFormatIsToldByContent(_ triple: (fixture: String, name: String, format: String)) throws {
        let file = try files.open(try ScratchFiles.fixture("pickle/\(triple.fixture)"), as: triple.name)
        #expect(file.format == triple.format)
        #expect(file.tensors.count == 4)
    }
}
