/// The rights that roles are made of; routes ask for these, never for a role.
public enum Permission: String, Sendable, CaseIterable {
    case readMetadata = "read metadata"
    case readBytes = "read bytes"
    case readApprovedBytes = "read bytes of approved versions"
    case push = "push"
    case approve = "approve"
    case moveAlias = "move aliases"
    case reproduce = "reproduce"
    case readLog = "read the audit log"
    case administer = "administer"

    /// The roles that have the right.
    public var roles: Set<Role> {
        switch self {
        case .readMetadata: Set(Role.allCases)
        case .readBytes: [.reader, .pusher, .approver, .admin]
        case .readApprovedBytes: [.reader, .deployer, .pusher, .approver, .admin]
        case .push: [.pusher, .admin]
        case .approve: [.approver, .admin]
        case .moveAlias: [.pusher, .approver, .admin]
        case .reproduce: [.pusher, .approver, .auditor, .admin]
        case .readLog: [.auditor, .admin]
        case .administer: [.admin]
        }
    }
}
