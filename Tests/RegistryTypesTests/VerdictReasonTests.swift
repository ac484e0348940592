import Foundation
import RegistryTypes
import Testing

/// The words that explain verdicts.
@Suite struct VerdictReasonTests {
    @Test func theReferenceListsEachReasonUnderItsOutcome() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../docs/reference/verdict-reasons.md"), encoding: .utf8)
        let chapters = page.split(separator: "\n## ").dropFirst()
        try #require(chapters.count == 2)
        for (chapter, outcome) in zip(chapters, [Verdict.Outcome.failed, .notVerifiable]) {
            #expect(chapter.hasPrefix("`\(outcome.rawValue)`"))
            let listed = chapter.matches(of: /\n\| `([a-z-]+)`/).map { String($0.1) }
            #expect(listed == VerdictReason.allCases.filter { $0.outcome == outcome }.map(\.rawValue))
        }
    }

    @Test func anOutputThatCannotBeComparedHasAReasonOfTheVerdict() {
        for reason in [OutputReason.formatOpaque, .originalUnreadable] {
            #expect(VerdictReason(rawValue: reason.rawValue)?.outcome == .notVerifiable)
        }
    }
}
