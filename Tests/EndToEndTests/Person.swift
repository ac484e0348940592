/// Who acts in a `World`.
enum Person: String, CaseIterable, Sendable {
    /// The first administrator, who may do everything.
    case admin
    /// Pushes, and may approve what others pushed.
    case mia
    /// Approves.
    case noor
    /// A service that fetches approved versions.
    case ship
    /// Reads metadata, evidence and the log.
    case otto

    /// The roles in the namespace of the tests.
    var roles: [String] {
        switch self {
        case .admin: []
        case .mia: ["pusher", "approver"]
        case .noor: ["approver"]
        case .ship: ["deployer"]
        case .otto: ["auditor"]
        }
    }
}
