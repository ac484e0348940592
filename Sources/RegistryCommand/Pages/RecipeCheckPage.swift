import RegistryTypes

/// What is missing or weak about repeating a run, for people.
struct RecipeCheckPage {
    private let check: RecipeCheck
    private let console: Console

    init(_ check: RecipeCheck, console: Console) {
        self.check = check
        self.console = console
    }

    /// The list, and what it comes to.
    var text: String {
        var page = PageText()
        for finding in check.findings {
            let about = finding.subject.map { " \($0)" } ?? ""
            page.add("\(console.styled(finding.severity.rawValue, style(finding.severity))) (\(finding.code))\(about)")
            page.add("  \(finding.message)")
            page.add("  \(finding.fix)")
        }
        if !check.findings.isEmpty { page.add() }
        page.add(summary)
        return page.text
    }

    private func style(_ severity: RecipeFinding.Severity) -> TerminalStyle {
        switch severity {
        case .prevents: .bad
        case .weakens: .doubtful
        case .note: .plain
        }
    }

    private var summary: String {
        func count(_ severity: RecipeFinding.Severity) -> Int {
            check.findings.filter { $0.severity == severity }.count
        }
        let subject = check.version.map { "\(check.kind.rawValue) of \($0)" } ?? check.kind.rawValue
        let rest = "\(count(.weakens)) weaken its verdict, \(count(.note)) notes"
        return check.possible
            ? "\(subject): nothing known prevents it; \(rest)"
            : "\(subject): cannot be verified, \(count(.prevents)) things prevent it; \(rest)"
    }
}
