import Foundation
import RegistryTypes
import Testing
import WeightFormats

/// Every verdict over real files that numpy wrote, and files that lie.
@Suite struct WeightComparisonTests {
    static let fixtures = URL(filePath: #filePath).appending(path: "../Fixtures").standardized

    private func side(_ name: String) throws -> ComparedFile {
        let url = Self.fixtures.appending(path: name)
        return ComparedFile(try MappedFile(path: url.path), digest: Digest.of(try Data(contentsOf: url)))
    }

    private func compare(_ original: String, _ reproduced: String, _ rules: ComparisonRules = .defaults) throws
        -> OutputEvidence
    {
        try WeightComparison.compare(
            original: side(original), reproduced: side(reproduced),
            output: ComparedOutput(path: ArtifactPath(original)), rules: rules)
    }

    @Test func equalBytesAreBitIdentical() throws {
        let evidence = try compare("model.safetensors", "model.safetensors")
        #expect(evidence.verdict == .bitIdentical)
        #expect(evidence.format == "safetensors")
        #expect(evidence.totals.equal == 4)
    }

    @Test(arguments: [
        ("model.safetensors", "model-metadata.safetensors"), ("model.npz", "model-deflated.npz"),
        ("matrix.npy", "matrix-fortran.npy"), ("matrix.npy", "matrix-big-endian.npy"),
    ])
    func otherContainersAreTensorEqual(_ pair: (String, String)) throws {
        let evidence = try compare(pair.0, pair.1)
        #expect(evidence.verdict == .tensorEqual, "\(evidence)")
        #expect(evidence.originalContentDigest == evidence.reproducedContentDigest)
        #expect(evidence.originalDigest != evidence.reproducedDigest)
    }

    @Test func theContentDigestDoesNotDependOnTheContainer() throws {
        func digest(_ name: String) throws -> Digest {
            let file = try MappedFile(path: Self.fixtures.appending(path: name).path)
            return try KnownWeightFormats.detect(fileName: name, file: file).open(file, layout: nil).contentDigest()
        }
        let digests = try ["model.safetensors", "model-metadata.safetensors", "model.npz", "model-deflated.npz"].map(
            digest)
        #expect(Set(digests).count == 1)
        // Printed by make_fixtures.py, which computes it on its own.
        let expected = try String(contentsOf: Self.fixtures.appending(path: "model.content-v1"), encoding: .utf8)
        #expect(digests[0].hex == expected.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test func noiseIsWithinTolerance() throws {
        let evidence = try compare("model.safetensors", "model-noise.safetensors")
        #expect(evidence.verdict == .withinTolerance)
        let weights = try #require(evidence.tensors.first { $0.finding == .withinTolerance })
        #expect((weights.difference?.differing ?? 0) > 0)
    }

    @Test func realDifferencesDiverge() throws {
        #expect(try compare("model.safetensors", "model-other.safetensors").verdict == .diverged)
        #expect(try compare("model.safetensors", "model-missing.safetensors").verdict == .diverged)
        #expect(try compare("model.safetensors", "model-shape.safetensors").verdict == .diverged)
        #expect(try compare("matrix.npy", "scalar.npy").verdict == .diverged)
    }

    @Test func theOwnersToleranceCounts() throws {
        let rules = try ComparisonRules(tensors: ["*": Tolerance(absolute: 10, relative: nil)])
        #expect(try compare("model.safetensors", "model-other.safetensors", rules).verdict == .withinTolerance)
        let elsewhere = try ComparisonRules(tensors: ["nothing.*": Tolerance(absolute: 10, relative: nil)])
        #expect(try compare("model.safetensors", "model-other.safetensors", elsewhere).verdict == .diverged)
    }

    @Test func nonfiniteValuesAreCounted() throws {
        let evidence = try compare("nan.npz", "nan.npz")
        #expect(evidence.verdict == .bitIdentical)
        #expect(evidence.totals.nonfiniteOriginal.total == 3)
        #expect(try compare("nan.npz", "nan-moved.npz").verdict == .diverged)
        let file = try MappedFile(path: Self.fixtures.appending(path: "nan.npz").path)
        let found = try #require(KnownWeightFormats.named("npz")).open(file, layout: nil).nonfinite()
        #expect(found.map(\.tensor) == ["w"])
    }

    @Test func whatCannotBeReadIsNotGuessed() throws {
        let evidence = try compare("opaque.bin", "opaque-other.bin")
        #expect(evidence.verdict == .notVerifiable)
        #expect(evidence.reason == .formatOpaque)
        #expect(try compare("opaque.bin", "opaque.bin").verdict == .bitIdentical)
    }

    @Test(arguments: [
        "bad-header-length.safetensors", "bad-overlap.safetensors", "bad-hole.safetensors", "bad-shape.safetensors",
        "bad-truncated.safetensors", "bad-duplicate.safetensors", "bad-object.npy", "bad-truncated.npy", "bad-crc.npz",
        "bad-bomb.npz",
    ])
    func hostileFilesAreErrors(_ name: String) throws {
        #expect(throws: (any Error).self) {
            let file = try MappedFile(path: Self.fixtures.appending(path: name).path)
            let weights = try KnownWeightFormats.detect(fileName: name, file: file).open(file, layout: nil)
            _ = try weights.contentDigest()
        }
    }
}
