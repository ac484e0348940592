/// What a server states of a reproduction that it judged: the predicate `urn:assay:reproduction:v1`.
///
/// `openapi/reproduction-v1.schema.json` is its JSON schema. It holds no NaN: numbers that are not finite are classes.
public struct ReproductionPredicate: Codable, Hashable, Sendable {
    /// The predicate's type in statements.
    public static let type = "urn:assay:reproduction:v1"

    /// The version that was reproduced.
    public struct Version: Codable, Hashable, Sendable {
        /// `ns/name:12`
        public var reference: VersionReference
        public var digest: Digest
        public var artifact: Digest
        /// Absent for a version that was pushed without one.
        public var recipe: Digest?
        /// The id of the run that produced it.
        public var run: RunID?
    }

    /// What was found of one output; the report has the tensors.
    public struct Output: Codable, Hashable, Sendable {
        public var path: ArtifactPath
        public var role: Recipe.Role
        public var format: String
        public var verdict: OutputVerdict
        public var reason: OutputReason?
        public var originalDigest: Digest
        public var reproducedDigest: Digest
        public var originalContentDigest: Digest?
        public var reproducedContentDigest: Digest?
        public var totals: TensorTotals
        /// The tensor that is farthest off, if any differs.
        public var worst: TensorEvidence?

        init(_ evidence: OutputEvidence) {
            path = evidence.path
            role = evidence.role
            format = evidence.format
            verdict = evidence.verdict
            reason = evidence.reason
            originalDigest = evidence.originalDigest
            reproducedDigest = evidence.reproducedDigest
            originalContentDigest = evidence.originalContentDigest
            reproducedContentDigest = evidence.reproducedContentDigest
            totals = evidence.totals
            worst = evidence.tensors.first { $0.finding != .equal }
        }
    }

    /// The digests of what else is kept.
    public struct Evidence: Codable, Hashable, Sendable {
        /// The full verdict, as the route `report` hands it out.
        public var report: Digest
        /// The log of the run that repeated the original.
        public var log: Digest?
        /// The artifact of what that run wrote.
        public var outputs: Digest?
        /// The canonical facts of that run.
        public var facts: Digest?

        /// Names the evidence.
        public init(report: Digest, log: Digest? = nil, outputs: Digest? = nil, facts: Digest? = nil) {
            self.report = report
            self.log = log
            self.outputs = outputs
            self.facts = facts
        }
    }

    /// The id of the reproduction.
    public var reproduction: RunID
    public var version: Version
    public var kind: Verdict.Kind
    /// What was changed on purpose, if anything: the verdict then says nothing about the version as it is.
    public var variation: Variation?
    public var verdict: Verdict.Outcome
    public var reason: String?
    public var explanation: String?
    public var conditions: Verdict.Conditions
    public var flags: [String]
    public var outputs: [Output]
    public var metrics: [MetricEvidence]
    public var metricsOmitted: Int?
    public var executor: String?
    public var worker: String?
    /// The id of the run that repeated the original, if one ran.
    public var run: RunID?
    /// Times as RFC 3339 in UTC.
    public var requestedAt: String
    public var startedAt: String?
    public var endedAt: String
    public var evidence: Evidence
}

extension ReproductionPredicate {
    /// States a verdict about a version.
    package init(
        _ verdict: Verdict, of version: Version, reproduction: RunID, variation: Variation? = nil, run: RunID?,
        requestedAt: Int64, startedAt: Int64?, endedAt: Int64, evidence: Evidence
    ) {
        self.init(
            reproduction: reproduction, version: version, kind: verdict.kind, variation: variation,
            verdict: verdict.verdict, reason: verdict.reason, explanation: verdict.explanation,
            conditions: verdict.conditions,
            flags: verdict.flags, outputs: verdict.outputs.map(Output.init), metrics: verdict.metrics,
            metricsOmitted: verdict.metricsOmitted, executor: verdict.executor, worker: verdict.worker, run: run,
            requestedAt: StatementTime.text(requestedAt), startedAt: startedAt.map(StatementTime.text),
            endedAt: StatementTime.text(endedAt), evidence: evidence)
    }
}

extension ReproductionPredicate.Version {
    /// Names a version.
    package init(reference: VersionReference, digest: Digest, artifact: Digest, recipe: Digest?, of run: RunID?) {
        self.init(reference: reference, digest: digest, artifact: artifact, recipe: recipe, run: run)
    }
}
