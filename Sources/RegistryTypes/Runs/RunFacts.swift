/// What was found while a run ran; captured, never wished for.
public struct RunFacts: Hashable, Sendable, Codable {
    /// When the run started and ended, in UTC milliseconds.
    public var startedAt: Int64?
    public var endedAt: Int64?
    /// How it ended: `exited`, or the reason of a failure.
    public var ending: String?
    /// The exit code of the command, if it exited.
    public var exitCode: Int32?
    /// The largest memory use, in bytes.
    public var peakMemoryBytes: Int64?
    /// The executor that ran it, `bubblewrap`; nil for a run outside Assay.
    public var executor: String?
    /// Which mechanism enforced which limit.
    public var limits: [String: String]?
    /// The machine: processor, kernel, libraries.
    public var host: [String: String]?
    /// Who built it: `jenkins`, `github-actions`, `gitlab`, or nil.
    public var builder: String?
    /// The page of the build.
    public var buildURL: String?
    /// The id of the build, the same for its retries.
    public var buildID: String?

    /// No facts yet.
    public init() {}
}
