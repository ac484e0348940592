/// Everything that is missing or weak about repeating a run, in one list.
public struct RecipeCheck: Sendable, Codable {
    /// The version, unless what was checked is no version yet.
    public var version: VersionReference?
    /// Its version digest.
    public var versionDigest: Digest?
    /// What would be repeated.
    public var kind: Verdict.Kind
    /// Whether nothing is known that prevents the repetition.
    public var possible: Bool
    /// What was found, worst first.
    public var findings: [RecipeFinding]

    /// Sorts findings by severity; those of one severity keep their order.
    public init(
        version: VersionReference? = nil, versionDigest: Digest? = nil, kind: Verdict.Kind, findings: [RecipeFinding]
    ) {
        self.version = version
        self.versionDigest = versionDigest
        self.kind = kind
        possible = !findings.contains { $0.severity == .prevents }
        self.findings = RecipeFinding.Severity.allCases.flatMap { severity in
            findings.filter { $0.severity == severity }
        }
    }
}
