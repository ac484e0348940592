import Foundation
import RegistryTypes
import Testing

/// What a policy may say, and the schema that is published of it.
@Suite struct PolicyDocumentTests {
    /// A policy with every rule.
    static func full() throws -> PolicyDocument {
        var policy = PolicyDocument()
        policy.groups = ["risk": ["p_1"]]
        policy.approvals = .init(count: 2, groups: ["risk": 1])
        policy.verdict = .init(kind: .retrain, atLeast: .tensorEqual, notOlderThanHours: 720, allowLocal: true)
        policy.metrics = [
            .init(name: "acc", dataset: try QualifiedName("demo/d"), atLeast: 0.5, atMost: 1, byWorker: true)
        ]
        policy.comparisons = [
            .init(name: "acc", dataset: try QualifiedName("demo/d"), better: .higher, notWorseThan: 1),
            .init(name: "mse", better: .lower, notWorseThanPercent: 1),
        ]
        policy.datasets = [try QualifiedName("demo/d")]
        policy.evaluations = [try QualifiedName("demo/d")]
        policy.cleanSource = true
        policy.pinnedEnvironment = true
        policy.images = ["registry.example/*"]
        policy.formats = ["safetensors"]
        policy.scan = .init(allow: ["sklearn.*"])
        policy.otherFiles = ["*.md"]
        policy.signedStatement = true
        return policy
    }

    @Test func everyRuleTogetherHolds() throws {
        let policy = try Self.full()
        try policy.check()
        #expect(try StrictJSON.decode(PolicyDocument.self, from: policy.canonicalJSON()) == policy)
        #expect(try policy.digest() == Digest.of(policy.canonicalJSON()))
        #expect(try PolicyDocument.builtIn.canonicalJSON() == Data(#"{"schema":"policy/v1"}"#.utf8))
    }

    @Test func whatCannotBeMetOrUnderstoodIsRefused() throws {
        let changes: [(String, (inout PolicyDocument) -> Void)] = [
            ("schema", { $0.schema = "policy/v2" }),
            ("a circle", { $0.groups = ["risk": ["group:a"], "a": ["group:risk"]] }),
            ("an unknown group", { $0.groups = ["risk": ["group:nobody"]] }),
            ("an empty group", { $0.groups = ["risk": []] }),
            ("no approval", { $0.approvals = .init(count: 0) }),
            ("more than the group has", { $0.approvals = .init(count: 2, groups: ["risk": 2]) }),
            ("a group that is none", { $0.approvals = .init(groups: ["other": 1]) }),
            ("diverged is no minimum", { $0.verdict = .init(kind: .retrain, atLeast: .diverged) }),
            ("evaluations know no tensors", { $0.verdict = .init(kind: .evaluate, atLeast: .tensorEqual) }),
            ("no hours", { $0.verdict?.notOlderThanHours = 0 }),
            ("no bound", { $0.metrics = [.init(name: "acc")] }),
            ("bounds crossed", { $0.metrics = [.init(name: "acc", atLeast: 2, atMost: 1)] }),
            ("two tolerances", { $0.comparisons?[0].notWorseThanPercent = 1 }),
            ("a negative tolerance", { $0.comparisons?[0].notWorseThan = -1 }),
            ("an empty pattern", { $0.otherFiles = [""] }),
        ]
        for (name, change) in changes {
            var policy = try Self.full()
            change(&policy)
            #expect(throws: RegistryError.self, "\(name)") { try policy.check() }
        }
        #expect(throws: RegistryError.self) {
            _ = try StrictJSON.decode(
                PolicyDocument.self, from: Data(#"{"schema":"policy/v1","cleansource":true}"#.utf8))
        }
    }

    /// The published schema knows exactly the members of the document.
    @Test func theSchemaAndTheDocumentAgree() throws {
        let path = URL(filePath: #filePath).appending(path: "../../../../docs/reference/policy-v1.schema.json")
            .standardized
        let schema = try JSONParser.parse(Data(contentsOf: path))
        #expect(try Self.mismatches(JSONValue(encoding: Self.full()), schema, schema, "") == [])
    }

    private static func mismatches(
        _ value: JSONValue, _ schema: JSONValue, _ root: JSONValue, _ path: String
    ) -> [String] {
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            return mismatches(value, root["$defs"]?[String(name)] ?? .null, root, path)
        }
        switch value {
        case .object(let members):
            // Maps by names of groups.
            if let inner = schema["additionalProperties"], inner.object != nil {
                return members.flatMap { mismatches($0.value, inner, root, path + "/*") }
            }
            let known = schema["properties"]?.object ?? [:]
            let strange = Set(members.keys).subtracting(known.keys).map { "\(path)/\($0) is not in the schema" }
            let isClosed = schema["additionalProperties"]?.bool == false ? [] : ["\(path) is open"]
            return strange + isClosed
                + members.flatMap { key, member in mismatches(member, known[key] ?? .null, root, path + "/" + key) }
        case .array(let elements):
            let merged = elements.flatMap { mismatches($0, schema["items"] ?? .null, root, path + "[]") }
            return schema["type"]?.string == "array" ? merged : merged + ["\(path) is no array"]
        default: return schema == .null ? ["\(path) is not described"] : []
        }
    }

    @Test func momentsOfThePast() throws {
        let now: Int64 = 1_700_000_000_000  // 2023-11-14T22:13:20Z
        let table: [(String, Int64?)] = [
            ("2023-11-14T22:13:20Z", now), ("2023-11-14T23:13:20+01:00", now), ("2023-11-14T22:13:19.500Z", now - 500),
            ("0s", now), ("90s", now - 90_000), ("7d", now - 7 * 86_400_000), ("2023-11-13", now - 80_000_001 + 0),
            ("2023-11-14", now), ("2023-11-14T22:13:21Z", nil), ("2023-11-15", nil), ("2024-01-01T00:00:00Z", nil),
            ("tomorrow", nil), ("", nil), ("-1d", nil), ("2023-11-14T22:13:20", nil), ("7", nil), ("7y", nil),
            ("2023-13-40", nil), ("99999999999999999999s", nil),
        ]
        for (text, expected) in table {
            let found = try? PastTime(text, now: now).milliseconds
            if text == "2023-11-13" {
                #expect(found == 1_699_919_999_999, "the end of that day")
            } else {
                #expect(found == expected, "\(text)")
            }
        }
    }
}
