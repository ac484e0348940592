/// One piece that a repetition lacks, or that weakens what it can show; found without running anything.
public struct RecipeFinding: Hashable, Sendable, Codable {
    /// What the finding means for a repetition, worst first.
    public enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
        /// A repetition ends as `not-verifiable` or `failed`.
        case prevents
        /// A repetition can run, but its verdict says less.
        case weakens
        /// Good to know.
        case note

        public static func < (left: Severity, right: Severity) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// What the finding means for a repetition.
    public var severity: Severity
    /// What is missing or weak, in a word that never changes; where a verdict has a reason for it, that reason.
    public var code: String
    /// Which input, output or metric it is about.
    public var subject: String?
    /// What is wrong, in a sentence.
    public var message: String
    /// What to do about it, in a sentence.
    public var fix: String

    /// Describes a finding.
    public init(
        _ severity: Severity, _ code: String, about subject: String? = nil, _ message: String, fix: String
    ) {
        self.severity = severity
        self.code = code
        self.subject = subject
        self.message = message
        self.fix = fix
    }
}
