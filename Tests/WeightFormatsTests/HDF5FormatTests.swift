import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// What counts in HDF5 and Keras files beside their tensors, and files that lie.
@Suite struct HDF5FormatTests {
    private let files: ScratchFiles
    private let arrays: Data
    private let network: Data

    init() throws {
        files = try ScratchFiles()
        arrays = try ScratchFiles.fixture("arrays.h5")
        network = try ScratchFiles.fixture("network.h5")
    }

    private func items(_ data: Data, _ name: String) throws -> [String: String] {
        try Dictionary(uniqueKeysWithValues: files.open(data, as: name).structure.map { ($0.name, $0.value) })
    }

    /// The bytes with every occurrence of a text replaced by another one of the same length.
    private func replacing(_ data: Data, _ old: String, _ new: String) throws -> Data {
        var data = data
        try #require(old.utf8.count == new.utf8.count)
        var found = 0
        while let range = data.range(of: Data(old.utf8)) {
            data.replaceSubrange(range, with: Data(new.utf8))
            found += 1
        }
        try #require(found > 0)
        return data
    }

    @Test func formatsAreFoundByExtensionAndContent() throws {
        let file = try files.map(arrays)
        #expect(KnownWeightFormats.detect(fileName: "a.weights.h5", file: file).name == "hdf5")
        #expect(KnownWeightFormats.detect(fileName: "blob", file: file).name == "hdf5")
        #expect(KnownWeightFormats.detect(fileName: "a.keras", file: file).name == "keras")
    }

    @Test func attributesAndTextsAreStructure() throws {
        let items = try items(arrays, "a.h5")
        #expect(items["@number"] == "F64 [] 000000000000f83f")
        #expect(items["@texts"] == #"[2] "one" "two""#)
        #expect(items["@fixed"] == #"[] "bytes""#)
        #expect(items["many/text"] == #"[] "text""#)
        let evidence = try files.compare(arrays, replacing(arrays, "bytes", "other"), as: "a.h5")
        #expect(evidence.verdict == .diverged)
        #expect(evidence.detail == #"not only tensors differ: @fixed is [] "bytes", here [] "other""#)
    }

    @Test func layersCountAndTheBackendDoesNot() throws {
        let settings = try items(network, "a.h5")
        #expect(settings["@model_config/class_name"] == "\"Sequential\"")
        #expect(settings.keys.allSatisfy { !$0.contains("keras_version") })
        let other = try files.compare(network, replacing(network, "\"relu\"", "\"selu\""), as: "a.h5")
        #expect(other.reason == .structureDiffers)
        let version = try #require(network.range(of: Data("numpy".utf8)))
        var backend = network
        backend.replaceSubrange(version, with: Data("torch".utf8))
        #expect(try files.compare(network, backend, as: "a.h5").verdict == .tensorEqual)
    }

    /// The deflated archive also has other ids of shared objects, which do not count.
    @Test func aKerasArchiveIsReadPackedOrNot() throws {
        let stored = try ScratchFiles.fixture("network.keras")
        let deflated = try ScratchFiles.fixture("network-deflated.keras")
        #expect(try files.compare(stored, deflated, as: "a.keras").verdict == .tensorEqual)
        #expect(try items(stored, "a.keras")["config.json/class_name"] == "\"Sequential\"")
        #expect(try items(stored, "a.keras").keys.allSatisfy { !$0.contains("shared_object_id") })
        #expect(throws: RegistryError.self) { try files.open(ScratchFiles.fixture("model.npz"), as: "a.keras") }
    }

    @Test func aModelThatIsLoadedAndSavedAgainIsTheSame() throws {
        let (one, two) = (try ScratchFiles.fixture("network.keras"), try ScratchFiles.fixture("network-again.keras"))
        let evidence = try files.compare(one, two, as: "a.keras")
        #expect(evidence.verdict == .tensorEqual, "\(evidence.detail ?? "")")
    }

    @Test func aGroupInsideItselfIsRefused() throws {
        var data = arrays
        let root = data[64..<72]
        let node = try #require(data.range(of: Data("SNOD".utf8)))
        data.replaceSubrange(node.lowerBound + 16..<node.lowerBound + 24, with: Data(root))
        let error = #expect(throws: RegistryError.self) { try files.open(data, as: "a.h5") }
        #expect(error?.message.contains("cycle") == true)
    }

    @Test func aTreeInsideItselfIsRefused() throws {
        var data = arrays
        // The last tree is one of chunks: as a node of level 1 its children would have to be trees.
        let tree = try #require(data.range(of: Data("TREE\u{1}".utf8), options: .backwards))
        data[tree.lowerBound + 5] = 1
        #expect(throws: RegistryError.self) { try files.open(data, as: "a.h5") }
        let address = withUnsafeBytes(of: UInt64(tree.lowerBound).littleEndian) { Data($0) }
        data.replaceSubrange(tree.lowerBound + 24 + 40..<tree.lowerBound + 24 + 48, with: address)
        #expect(throws: RegistryError.self) { try files.open(data, as: "a.h5") }
    }

    @Test func filesThatAreCutOffAreRefused() throws {
        for length in [0, 8, 47, 96, 1000, arrays.count - 1] {
            #expect(throws: RegistryError.self) { try files.open(arrays.prefix(length), as: "a.h5") }
        }
    }
}
