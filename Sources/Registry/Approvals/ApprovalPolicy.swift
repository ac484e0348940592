import RegistryTypes

/// The rules of a decision, without a database: given what is known, may it be taken?
struct ApprovalPolicy {
    let decision: Decision
    /// The version digest that the approver looked at.
    let seen: Digest
    let actual: Digest
    let flags: [String]
    let state: ApprovalState
    /// The principal that decides, and the one that pushed: tokens do not matter.
    let approver: String
    let pusher: String

    /// Throws the first rule that the decision breaks.
    func check() throws {
        guard seen == actual else {
            throw RegistryError(
                .preconditionFailed, "the decision is about \(seen), but this version's digest is \(actual); look again"
            )
        }
        switch decision {
        case .approve:
            guard !flags.contains("nonfinite") else {
                throw RegistryError(
                    .nonfiniteVersion,
                    "the version holds NaN or infinite values and can never be approved; push a fixed version")
            }
            guard approver != pusher else {
                throw RegistryError(.fourEyes, "whoever pushed a version may not approve it; ask another person")
            }
            guard state != .approved else { throw RegistryError(.conflict, "the version is approved already") }
        case .reject:
            guard state != .rejected else { throw RegistryError(.conflict, "the version is rejected already") }
        case .withdraw:
            guard state == .approved else {
                throw RegistryError(.conflict, "only an approval can be withdrawn; the version is \(state.rawValue)")
            }
        }
    }
}
