import Foundation
import RegistryTypes
import Testing

/// The published schema and the type say the same: every member of one is in the other.
@Suite struct StatementSchemaTests {
    /// A statement in which every member has a value.
    private static func complete() throws -> InTotoStatement<ReproductionPredicate> {
        let digest = Digest.of(Data("x".utf8))
        let path = try ArtifactPath("w.npy")
        var tensor = TensorEvidence(name: "w", dtype: .float32, shape: [2], elements: 2, finding: .diverged)
        tensor.reproducedDtype = .float64
        tensor.reproducedShape = [2, 1]
        tensor.rmsOriginal = 0.5
        tensor.nonfiniteOriginal = NonfiniteCounts(nan: 1, firstIndex: 0)
        tensor.nonfiniteReproduced = NonfiniteCounts(firstIndex: 0)
        tensor.tolerance = Tolerance(absolute: 1, relative: 0.5)
        tensor.toleranceRule = try NamePattern("w*")
        tensor.difference = TensorDifference(differing: 1, maxULP: 3, rmsDifference: 0.1, cosine: 0.5)
        var output = OutputEvidence(
            path: path, role: .weights, format: "npy", verdict: .diverged, originalDigest: digest,
            reproducedDigest: digest)
        output.reason = .formatOpaque
        output.originalContentDigest = digest
        output.reproducedContentDigest = digest
        output.tensors = [tensor]
        output.totals.nonfiniteOriginal.firstIndex = 1
        output.totals.nonfiniteReproduced.firstIndex = 1
        let dataset = try VersionReference("a/d:1")
        let verdict = Verdict(
            kind: .retrain, verdict: .diverged, reason: "r", explanation: "e",
            conditions: .init(
                state: "differs", differs: ["cpu"], changes: [.init(fact: "cpu.model", original: "a", reproduced: "b")],
                changesOmitted: 1), flags: ["nonfinite"], outputs: [output],
            metrics: MetricEvidence.compare(
                original: [Metric(name: "m", value: 1, dataset: dataset)],
                reproduced: [Metric(name: "m", value: 2, dataset: dataset)],
                tolerances: ["m": Tolerance(absolute: 1, relative: 1)]), executor: "bubblewrap", worker: "embedded")
        var predicate = ReproductionPredicate(
            verdict,
            of: .init(
                reference: try VersionReference("a/m:1"), digest: digest, artifact: digest, recipe: digest,
                of: RunID(at: 0)), reproduction: RunID(at: 0), variation: try Variation("hash-seed=1"),
            run: RunID(at: 0),
            requestedAt: 0, startedAt: 1, endedAt: 1_700_000_000_123,
            evidence: .init(report: digest, log: digest, outputs: digest, facts: digest))
        predicate.metricsOmitted = 1
        return InTotoStatement(
            subject: .init(
                version: try VersionReference("a/m:1"), artifact: digest,
                files: [ArtifactFile(path: path, size: 1, sha256: digest)]),
            predicateType: ReproductionPredicate.type, predicate: predicate)
    }

    private static func schema() throws -> JSONValue {
        let file = URL(filePath: #filePath).appending(path: "../../../../openapi/reproduction-v1.schema.json")
        return try JSONParser.parse(Data(contentsOf: file.standardized))
    }

    @Test func everyMemberIsInTheSchemaAndTheReverse() throws {
        let schema = try Self.schema()
        var missing: [String] = []
        func compare(_ value: JSONValue, _ rule: JSONValue, _ path: String) {
            var rule = rule
            if let reference = rule["$ref"]?.string?.split(separator: "/").last {
                rule = schema["$defs"]?[String(reference)] ?? .null
            }
            if let elements = value.array {
                return elements.forEach { compare($0, rule["items"] ?? .null, path + "[]") }
            }
            if let text = value.string {
                let words = rule["enum"]?.array ?? rule["const"].map { [$0] }
                let pattern = rule["pattern"]?.string.flatMap { try? Regex($0) }
                if words?.contains(value) == false { missing.append("\(path) may not be \(text)") }
                if let pattern, text.wholeMatch(of: pattern) == nil { missing.append("\(path) may not be \(text)") }
                if words == nil, pattern == nil, rule["type"]?.string != "string" { missing.append("\(path) is text") }
            }
            guard let members = value.object else { return }
            guard rule["additionalProperties"]?.bool == false, let known = rule["properties"]?.object else {
                return missing.append("\(path) is not closed")
            }
            for name in Set(members.keys).symmetricDifference(known.keys) { missing.append("\(path).\(name)") }
            for (name, member) in members { compare(member, known[name] ?? .null, "\(path).\(name)") }
        }
        compare(try JSONValue(encoding: Self.complete()), schema, "$")
        #expect(missing == [])
    }

    @Test func whatIsRequiredIsWhatSwiftDemands() throws {
        let complete = try JSONValue(encoding: Self.complete())
        let required = try #require(try Self.schema()["$defs"]?["predicate"]?["required"]?.array).compactMap(\.string)
        let members = try #require(complete["predicate"]?.object)
        for name in members.keys {
            var document = try #require(complete.object)
            document["predicate"] = .object(members.filter { $0.key != name })
            let bytes = try JSONValue.object(document).canonicalBytes()
            let isRefused =
                (try? InTotoStatement<ReproductionPredicate>(bytes, predicateType: ReproductionPredicate.type)) == nil
            #expect(isRefused == required.contains(name), "\(name)")
        }
    }

    @Test func readsWhatItWroteAndNothingElse() throws {
        let complete = try Self.complete()
        let bytes = try complete.canonicalJSON()
        let statement = try InTotoStatement<ReproductionPredicate>(bytes, predicateType: ReproductionPredicate.type)
        #expect(try statement.canonicalJSON() == bytes)
        #expect(statement.predicate.endedAt == "2023-11-14T22:13:20.123Z")
        let text = String(decoding: bytes, as: UTF8.self)
        let wrong = [
            text.replacingOccurrences(of: "Statement/v1", with: "Statement/v2"),
            text.replacingOccurrences(of: ReproductionPredicate.type, with: ProvenancePredicate.type),
            text.replacingOccurrences(of: #""verdict":"diverged""#, with: #""verdict":"splendid""#),
            text.replacingOccurrences(of: #""flags":"#, with: #""flag":"#), String(text.dropLast()),
        ]
        for document in wrong {
            #expect {
                try InTotoStatement<ReproductionPredicate>(
                    Data(document.utf8), predicateType: ReproductionPredicate.type)
            } throws: { ($0 as? RegistryError)?.code == .integrityFailure }
        }
    }
}
