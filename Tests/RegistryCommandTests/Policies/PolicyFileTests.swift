import RegistryCommand
import RegistryTypes
import Testing

/// `assay.policy.yaml`: what it may say, and where it says what is wrong.
@Suite struct PolicyFileTests {
    private static let full = """
        schema: assay-policy/v1
        groups:
          risk: [Ann, bob]
          both: ["group:risk", carol]
        approvals: {count: 2, groups: {risk: 1}}
        verdict: {kind: retrain, atLeast: within-tolerance, notOlderThan: 30d}
        metrics:
          - {name: accuracy, dataset: risk/holdout, atLeast: 0.9}
        comparisons:
          - {name: accuracy, dataset: risk/holdout, better: higher, notWorseThan: 1%}
          - {name: mse, better: lower, notWorseThan: 0.5}
        datasets: [risk/train]
        evaluations: ["dataset:risk/holdout"]
        cleanSource: true
        pinnedEnvironment: true
        images: [registry.example/base/*]
        formats: [safetensors]
        scan: {allow: [sklearn.*]}
        otherFiles: ["*.md"]
        signedStatement: true
        """

    @Test func everyRuleIsRead() throws {
        let file = try PolicyFile(text: Self.full)
        let policy = file.document
        #expect(policy.verdict == .init(kind: .retrain, atLeast: .withinTolerance, notOlderThanHours: 720))
        #expect(policy.comparisons?.map(\.notWorseThanPercent) == [1, nil])
        #expect(policy.comparisons?.map(\.notWorseThan) == [nil, 0.5])
        #expect(policy.evaluations?.map(\.description) == ["risk/holdout"])
        #expect(policy.scan?.allow == ["sklearn.*"] && policy.formats == ["safetensors"])
        let resolved = try file.resolved(["ann": "p_1", "bob": "p_2", "carol": "p_3"])
        #expect(resolved.groups == ["risk": ["p_1", "p_2"], "both": ["group:risk", "p_3"]])
        try resolved.check()
        #expect(try PolicyFile(text: "schema: assay-policy/v1\nscan: true").document.scan == .init())
    }

    @Test func mistakesAreNamedWithTheirLine() throws {
        let table: [(String, String, line: Int)] = [
            ("an unknown key", "cleansource: true", 2), ("another schema", "", 1),
            ("a wrong unit", "verdict: {kind: retrain, atLeast: bit-identical, notOlderThan: 30}", 2),
            ("a strange unit", "verdict:\n  kind: retrain\n  atLeast: bit-identical\n  notOlderThan: 3 weeks", 5),
            ("no whole hours", "verdict: {kind: retrain, atLeast: bit-identical, notOlderThan: 90s}", 2),
            ("an unknown verdict", "verdict: {kind: retrain, atLeast: good}", 2),
            ("a minimum that is none", "verdict: {kind: retrain, atLeast: failed}", 2),
            ("no direction", "comparisons:\n  - {name: mse, notWorseThan: 1%}", 3),
            ("a unit that is none", "comparisons:\n  - {name: mse, better: lower, notWorseThan: 1kg}", 3),
            ("a percentage as a bound", "metrics:\n  - {name: acc, atLeast: 98%}", 3),
            ("no bound", "metrics:\n  - {name: acc}", 3), ("a version of a dataset", "datasets: [risk/train:3]", 2),
            ("an unknown format", "formats: [safetensors, h6]", 2), ("a truth value", "cleanSource: 1", 2),
            ("a circle", "cleanSource: true\ngroups:\n  a: [\"group:b\"]\n  b: [\"group:a\"]", 3),
            ("a key twice", "cleanSource: true\ncleanSource: false", 0), ("an alias of YAML", "datasets: *x", 2),
        ]
        for (name, text, line) in table {
            let head = text.isEmpty ? "schema: assay/v1\n" : "schema: assay-policy/v1\n"
            do {
                _ = try PolicyFile(text: head + text)
                Issue.record("\(name) was read")
            } catch let error as RegistryError {
                #expect(error.code == .invalidPolicy, "\(name)")
                if line > 0 {
                    // A value of a block stands on the line below its key.
                    let places = [line, line + 1].map { "assay.policy.yaml:\($0):" }
                    #expect(places.contains { error.message.hasPrefix($0) }, "\(name): \(error.message)")
                }
            }
        }
    }

    @Test func whoHasNoRoleIsNamedWithTheLine() throws {
        let file = try PolicyFile(text: "schema: assay-policy/v1\ngroups:\n  risk:\n    - ann\n    - nobody\n")
        do {
            _ = try file.resolved(["ann": "p_1"])
            Issue.record("a stranger was taken")
        } catch let error as RegistryError {
            #expect(error.code == .invalidPolicy && error.message.hasPrefix("assay.policy.yaml:5:"), "\(error.message)")
        }
    }
}
