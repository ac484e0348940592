import Foundation
import RegistryTypes
import Testing

/// The golden vectors of `Tests/Fixtures/canonical-json`, whose truth is the RFC and an implementation in Python.
@Suite struct CanonicalJSONTests {
    struct Vectors: Decodable {
        let accepted: [Vector]
        let refused: [Vector]
    }

    struct Vector: Decodable, Sendable, CustomStringConvertible {
        let name: String
        let input: String?
        let inputHex: String?
        let canonical: String?
        let sha256: String?

        var description: String { name }
        var bytes: [UInt8] { input.map { Array($0.utf8) } ?? inputHex.flatMap { Hex.decode($0) } ?? [] }
    }

    static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/canonical-json").standardized

    static let vectors: Vectors = {
        let data = (try? Data(contentsOf: folder.appending(path: "vectors.json"))) ?? Data()
        return (try? JSONDecoder().decode(Vectors.self, from: data)) ?? Vectors(accepted: [], refused: [])
    }()

    @Test func thereAreVectors() {
        #expect(Self.vectors.accepted.count > 80)
        #expect(Self.vectors.refused.count > 40)
    }

    @Test(arguments: vectors.accepted)
    func accepts(_ vector: Vector) throws {
        // Swift's strings hold canonically equivalent keys for equal: such documents are refused, never merged.
        guard !vector.name.hasSuffix("-keys-differ") else {
            #expect(throws: RegistryError.self) { try JSONParser.parse(vector.bytes) }
            return
        }
        let json = try JSONParser.parse(vector.bytes)
        #expect(String(decoding: try json.canonicalBytes(), as: UTF8.self) == vector.canonical)
        #expect(try json.canonicalDigest().hex == vector.sha256)
    }

    @Test(arguments: vectors.refused)
    func refuses(_ vector: Vector) {
        #expect(throws: RegistryError.self) { try JSONParser.parse(vector.bytes) }
    }

    @Test func readsPythonsNonfiniteWordsOnlyWhenAsked() throws {
        let text = Data(#"{"loss": NaN, "a": Infinity, "b": -Infinity}"#.utf8)
        #expect { try JSONParser.parse(text) } throws: { ($0 as? RegistryError)?.code == .nonfiniteNumber }
        let metrics = try MetricsFile.parse(text)
        #expect(metrics.map(\.class) == [.positiveInfinity, .negativeInfinity, .nan])
        #expect(metrics.allSatisfy { $0.value == nil && $0.isNonfinite })
    }

    @Test func manifestDigestsAgree() throws {
        struct Documents: Decodable {
            struct Manifest: Decodable {
                let name: String
                let entries: [ArtifactFile]
                let canonical: String
                let sha256: String
            }
            let artifactManifests: [Manifest]
        }
        let data = try Data(contentsOf: Self.folder.appending(path: "documents.json"))
        let documents = try JSONDecoder().decode(Documents.self, from: data)
        #expect(!documents.artifactManifests.isEmpty)
        for document in documents.artifactManifests {
            let manifest = try ArtifactManifest(document.entries)
            #expect(String(decoding: try manifest.canonicalBytes(), as: UTF8.self) == document.canonical)
            #expect(try manifest.digest().hex == document.sha256, "\(document.name)")
        }
    }
}
