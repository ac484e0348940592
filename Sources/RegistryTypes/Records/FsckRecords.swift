/// One thing that a check of the store found wrong.
public struct FsckFinding: Codable, Sendable, Equatable {
    /// The kinds of finding.
    public enum Problem: String, Codable, Sendable, CaseIterable {
        /// A blob has a row, but no file.
        case missing
        /// The file of a blob has another length than its row says.
        case wrongLength = "wrong-length"
        /// The bytes of a blob do not have its digest.
        case wrongBytes = "wrong-bytes"
        /// The disk does not give bytes, or the database a row.
        case unreadable
        /// A file of the store that no row names.
        case orphan
        /// A document does not have the digest that it is known by.
        case wrongDigest = "wrong-digest"
        /// Two places that must say the same do not.
        case contradiction
        /// A row names another one that is not there.
        case dangling
        /// The audit log has a gap.
        case gap
    }

    /// What is wrong: `blob:sha256:…`, `file:<path>`, `version:ns/name:3`, `audit:17`, `database`, …
    public var object: String
    public var problem: Problem
    /// What was found.
    public var detail: String
    /// What to do about it.
    public var advice: String

    /// Describes a finding.
    public init(object: String, problem: Problem, detail: String, advice: String) {
        self.object = object
        self.problem = problem
        self.detail = detail
        self.advice = advice
    }
}

/// What a check of the whole store looked at and found.
public struct FsckReport: Codable, Sendable, Equatable {
    /// The most findings that a report lists.
    public static let mostFindings = 10_000

    /// Whether every blob was read and hashed, not only looked at.
    public var readData: Bool
    /// What was looked at.
    public var blobs: Int64 = 0
    public var blobBytes: Int64 = 0
    public var files: Int64 = 0
    public var artifacts: Int64 = 0
    public var recipes: Int64 = 0
    public var versions: Int64 = 0
    public var auditEntries: Int64 = 0
    /// The RFC 6962 root over the leaves of the audit log.
    public var auditRoot: Digest?
    public var findings: [FsckFinding] = []
    /// Findings beyond `mostFindings`, which are only counted.
    public var omitted = 0

    /// Whether nothing is wrong.
    public var isSound: Bool { findings.isEmpty }

    /// Starts a report.
    public init(readData: Bool) { self.readData = readData }

    /// Adds a finding.
    public mutating func add(_ finding: FsckFinding) {
        if findings.count < Self.mostFindings { findings.append(finding) } else { omitted += 1 }
    }
}
