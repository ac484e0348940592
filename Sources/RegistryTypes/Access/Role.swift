/// What a principal may do in a namespace.
public enum Role: String, Sendable, Codable, CaseIterable, Comparable {
    /// Reads metadata and any bytes.
    case reader
    /// Reads metadata and the bytes of approved versions only; records deployments.
    case deployer
    /// Reads, and pushes datasets, runs and versions.
    case pusher
    /// Reads, and approves or rejects what others pushed.
    case approver
    /// Reads metadata, evidence and the log, but no bytes.
    case auditor
    /// Manages namespaces, members and tokens; reads; approves what others pushed.
    case admin

    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
