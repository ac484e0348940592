/// The result of comparing one output of a run with the same output of its reproduction.
///
/// It is bounded: at most `maximumTensors` tensors are listed, the worst ones; the totals count all of them.
/// It holds no NaN and no infinity, so that it can always be written as JSON.
public struct OutputEvidence: Sendable, Hashable, Codable {
    /// The most tensors that are listed.
    public static let maximumTensors = 200

    /// The output's path in the artifact.
    public var path: ArtifactPath
    /// The output's role in the recipe.
    public var role: Recipe.Role
    /// The name of the format that was used to read the files.
    public var format: String
    /// What the comparison says.
    public var verdict: OutputVerdict
    /// Why, if the numbers alone do not say it.
    public var reason: OutputReason?
    /// The reason in words.
    public var detail: String?
    /// The SHA-256 of the original file.
    public var originalDigest: Digest
    /// The SHA-256 of the reproduced file.
    public var reproducedDigest: Digest
    /// The `content-v1` digest of the original's tensors, if they could be read.
    public var originalContentDigest: Digest?
    /// The `content-v1` digest of the reproduction's tensors, if they could be read.
    public var reproducedContentDigest: Digest?
    /// The tensors, worst first; those of the same finding by their relative RMS difference, then by name.
    public var tensors: [TensorEvidence]
    /// Whether there are more tensors than are listed.
    public var truncated: Bool
    /// Counts over all tensors.
    public var totals: TensorTotals

    /// Makes the evidence of an output whose tensors are not known.
    public init(
        path: ArtifactPath, role: Recipe.Role, format: String, verdict: OutputVerdict, originalDigest: Digest,
        reproducedDigest: Digest
    ) {
        self.path = path
        self.role = role
        self.format = format
        self.verdict = verdict
        self.originalDigest = originalDigest
        self.reproducedDigest = reproducedDigest
        tensors = []
        truncated = false
        totals = TensorTotals()
    }
}
