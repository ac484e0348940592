import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Real files of every format, damaged at random: whatever comes of it, never a crash, a hang, or an unseen change.
@Suite struct DamagedFileTests {
    /// The committed files that are damaged, by their format.
    private static let corpus: [String: [String]] = [
        "safetensors": ["model.safetensors"],
        "npy": ["matrix.npy", "matrix-fortran.npy", "matrix-big-endian.npy"],
        "npz": ["model.npz", "model-deflated.npz"],
        "pytorch": [
            "training.pt", "training-legacy.pt", "pickle/model-views.pt", "pickle/module.pt", "pickle/types.pt",
            "pickle/model-big-endian.pt", "pickle/model-no-crc.pt",
        ],
        "pickle": [
            "pickle/model-0.pkl", "pickle/model-2.pkl", "pickle/model-5.pkl", "pickle/model-variants.pkl",
            "pickle/values.pkl", "pickle/forest.pkl", "pickle/hist.pkl",
        ],
        "joblib": ["pickle/model.joblib", "pickle/model-zlib.joblib", "pickle/objects.joblib"],
        "onnx": ["network.onnx", "logistic.onnx", "forest.onnx"],
        "gguf": ["network.gguf", "blocks.gguf"],
        "hdf5": ["arrays.h5", "checked.h5", "latest.h5", "network.h5", "network.weights.h5"],
        "keras": ["network.keras", "network-deflated.keras"],
        "json": ["xgboost.json"],
        "ubjson": ["xgboost.ubj"],
        "csv": ["numbers.csv"],
        "text": ["lightgbm.txt"],
        "raw": ["numbers.raw"],
    ]

    /// The same for all files; another seed finds other things: `ASSAY_FUZZ_SEED=123 swift test --filter Damaged`.
    private static let seed =
        ProcessInfo.processInfo.environment["ASSAY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 0x9E37_79B9_7F4A_7C15
    private static let rounds = ProcessInfo.processInfo.environment["ASSAY_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 600

    private let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    /// What a reader finds out about a file.
    private struct Content: Equatable {
        let digest: Digest
        let structure: [StructureItem]

        init(_ file: WeightFile) throws {
            digest = try file.contentDigest()
            structure = file.structure
        }
    }

    private static func bytes(_ name: String) throws -> Data {
        switch name {
        case "numbers.csv": Data("name,weight,bias\nfirst,0.5,1\n\"second, or last\",-1e-3,2\nthird,,3\n".utf8)
        case "numbers.raw": Data((0..<96).map { UInt8($0) })
        default: try ScratchFiles.fixture(name)
        }
    }

    @Test func everyFormatIsDamaged() throws {
        #expect(Set(Self.corpus.keys) == Set(KnownWeightFormats.all.map(\.name)))
        for (format, names) in Self.corpus {
            for name in names {
                let file = try files.map(Self.bytes(name))
                #expect(KnownWeightFormats.detect(fileName: name, file: file).name == format)
            }
        }
    }

    @Test(arguments: corpus.values.joined().sorted())
    func damageIsAnErrorOrADifference(_ name: String) throws {
        print("damaging \(name) \(Self.rounds) times with seed \(Self.seed)")
        let sound = try Self.bytes(name)
        let layout = name == "numbers.raw" ? RawLayout(dtype: .float32, shape: [4, 6]) : nil
        let content = try Content(open(sound, name, layout))
        var random = SeededRandom(seed: Self.seed)
        var (refused, changed) = (0, 0)
        for _ in 0..<Self.rounds {
            let damaged = random.damage(sound)
            do {
                if try Content(open(damaged, name, layout)) != content { changed += 1 }
            } catch {
                refused += 1
                #expect(error is RegistryError, "\(error)")
            }
        }
        #expect(refused > Self.rounds / 12)
        // Checksums cover all that counts in what is packed, so there a change never passes for another sound file.
        if Self.isChecked(name) { #expect(changed == 0) } else { #expect(changed > 0) }
    }

    private func open(_ data: Data, _ name: String, _ layout: RawLayout?) throws -> WeightFile {
        let file = try files.map(data)
        return try KnownWeightFormats.detect(fileName: name, file: file).open(file, layout: layout)
    }

    private static func isChecked(_ name: String) -> Bool {
        let archives = ["npz", "keras", "pt"].contains(String(name.split(separator: ".").last ?? ""))
        return name.contains("zlib") || (archives && !name.contains("legacy") && !name.contains("no-crc"))
    }
}
