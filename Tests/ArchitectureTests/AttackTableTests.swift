import Foundation
import Testing

/// `docs/explanation/attacks.md` names only tests that there are.
@Suite struct AttackTableTests {
    @Test func everyTestThatTheTableNamesExists() throws {
        let root = ImportTableTests.root
        let table = try String(contentsOf: root.appending(path: "docs/explanation/attacks.md"), encoding: .utf8)
        let named = table.matches(of: /`([A-Za-z]+Tests|ExecutorConformance)(?:\/([A-Za-z0-9_]+))?`/)
        let tests = try ImportTableTests.swiftFiles(below: root.appending(path: "Tests")).map {
            try String(contentsOf: $0, encoding: .utf8)
        }
        #expect(named.count > 60 && tests.count > 100)
        for test in named {
            let (suite, function) = (test.1, test.2)
            let exists = tests.contains { file in
                ["struct", "class", "extension"].contains {
                    file.contains("\($0) \(suite) ") || file.contains("\($0) \(suite):")
                }
                    && function.map { file.contains("func \($0)(") } ?? true
            }
            #expect(exists, "\(test.0)")
        }
    }

    @Test func everyRowNamesATest() throws {
        let file = ImportTableTests.root.appending(path: "docs/explanation/attacks.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
            $0.hasPrefix("| ") && !$0.hasPrefix("| ---") && !$0.hasPrefix("| attack ")
        }
        #expect(rows.count > 25)
        for row in rows { #expect(row.contains(/`[A-Za-z]+(?:Tests|Conformance)[`\/]/), "\(row)") }
    }
}
