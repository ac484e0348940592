import RegistryTypes
import Testing

/// Changed fields, and tolerances in words.
@Suite struct DifferenceTests {
    @Test func fieldsAreToldByNameAndPath() {
        let left: JSONValue = [
            "seed": 1, "inputs": [["name": "a", "artifact": "x"]], "train": ["p", "q"], "outputs": [["path": "w"]],
        ]
        let right: JSONValue = [
            "seed": 1, "inputs": [["name": "b", "artifact": "x"], ["name": "a", "artifact": "y"]], "train": ["p"],
            "outputs": [["path": "w"]],
        ]
        #expect(
            FieldChange.between(left, right) == [
                FieldChange(field: "inputs.a.artifact", left: "x", right: "y"),
                FieldChange(field: "inputs.b", left: nil, right: ["name": "b", "artifact": "x"]),
                FieldChange(field: "train", left: ["p", "q"], right: ["p"]),
            ])
        #expect(FieldChange.between(left, left).isEmpty)
        #expect(FieldChange.between(nil, 1, field: "seed") == [FieldChange(field: "seed", left: nil, right: 1)])
    }

    @Test func onlyWeightsDecideHowFarVersionsDiffer() throws {
        func file(_ path: String, _ role: Recipe.Role, _ verdict: OutputVerdict) throws -> OutputEvidence {
            let digest = try Digest("sha256:" + String(repeating: "0", count: 64))
            return OutputEvidence(
                path: try ArtifactPath(path), role: role, format: "json", verdict: verdict, originalDigest: digest,
                reproducedDigest: digest)
        }
        func outcome(_ files: [OutputEvidence]) -> Verdict.Outcome {
            VersionDifference(left: .init(name: "a"), right: .init(name: "b"), files: files).outcome
        }
        let (near, report) = (try file("w", .weights, .withinTolerance), try file("m", .metrics, .diverged))
        #expect(outcome([near, report]) == .withinTolerance)
        #expect(outcome([report]) == .diverged)
        #expect(outcome([near, try file("v", .weights, .diverged)]) == .diverged)
    }

    @Test func tolerancesAreReadStrictly() throws {
        #expect(try NamedTolerance("*.bias=1e-4,1e-5").tolerance == Tolerance(absolute: 1e-4, relative: 1e-5))
        #expect(try NamedTolerance("a=b=0.5").name == "a=b")
        #expect(try NamedTolerance("0.5").name == "*")
        #expect(try NamedTolerance(NamedTolerance("w=1,2").description) == NamedTolerance("w=1,2"))
        for text in ["", "=1", "w=", "w=x", "w=-1", "w=nan", "w=1,2,3", "w=1,", "w=inf"] {
            #expect(throws: RegistryError.self, "\(text)") { try NamedTolerance(text) }
        }
    }

    @Test func laterTolerancesCount() throws {
        let own = Recipe.Comparison(tensors: ["a": Tolerance(absolute: 1), "b": Tolerance(absolute: 2)])
        let later = Recipe.Comparison(tensors: [try NamedTolerance("b=3")], metrics: [])
        let both = own.overridden(by: later)
        #expect(both.tensors["a"]?.absolute == 1 && both.tensors["b"]?.absolute == 3)
        #expect(Recipe.Comparison(tensors: [], metrics: []) == nil)
        #expect(throws: RegistryError.self) {
            try Recipe.Comparison(metrics: ["m": Tolerance(absolute: -1)]).check()
        }
    }
}
