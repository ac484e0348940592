/// What can happen, by the action of its audit entry; what was refused has `.refuse` behind it.
public enum EventType: String, Sendable, CaseIterable {
    case versionCreate = "version.create"
    case versionRequestApproval = "version.request-approval"
    case versionApprove = "version.approve"
    case versionReject = "version.reject"
    case versionWithdraw = "version.withdraw"
    case versionRemove = "version.remove"
    case aliasMove = "alias.move"
    case aliasRollback = "alias.rollback"
    case aliasOutOfPolicy = "alias.out-of-policy"
    case verdictStale = "verdict.stale"
    case runCreate = "run.create"
    case reproductionRequest = "reproduction.request"
    case reproductionStart = "reproduction.start"
    case reproductionCancel = "reproduction.cancel"
    case reproductionEnd = "reproduction.end"
    case policySet = "policy.set"
    case overrideAsk = "override.ask"
    case overrideConfirm = "override.confirm"
    case holdPlace = "hold.place"
    case holdAskLift = "hold.ask-lift"
    case holdLift = "hold.lift"
    case retentionSet = "retention.set"
    case scheduleSet = "schedule.set"

    case blobPut = "blob.put"
    case blobCollect = "blob.collect"
    case blobQuarantine = "blob.quarantine"
    case garbageCollect = "garbage.collect"
    case fsckStart = "fsck.start"
    case backupStart = "backup.start"
    case namespaceCreate = "namespace.create"
    case memberSet = "member.set"
    case principalErase = "principal.erase"
    case tokenCreate = "token.create"
    case tokenExchange = "token.exchange"
    case tokenRevoke = "token.revoke"
    case identityProviderCreate = "identity-provider.create"
    case identityProviderSetKeys = "identity-provider.set-keys"
    case identityProviderRemove = "identity-provider.remove"
    case identityRuleCreate = "identity-rule.create"
    case identityRuleRemove = "identity-rule.remove"
    case certificateNameCreate = "certificate-name.create"
    case certificateNameRemove = "certificate-name.remove"
    case workerCreate = "worker.create"
    case workerRemove = "worker.remove"
    case webhookCreate = "webhook.create"
    case webhookSet = "webhook.set"
    case webhookRotate = "webhook.rotate"
    case webhookReplay = "webhook.replay"
    case webhookTest = "webhook.test"
    case webhookEnd = "webhook.end"
    case webhookRemove = "webhook.remove"
    case serverInitialise = "server.initialise"
    case signingKeyCreate = "signing-key.create"
    case logKeyCreate = "log-key.create"
    case logEpochStart = "log-epoch.start"

    /// The right that it takes in the namespace to be told of it, unless it was refused: that takes `readLog`, always.
    public var permission: Permission {
        switch self {
        case .versionCreate, .versionRequestApproval, .versionApprove, .versionReject, .versionWithdraw,
            .versionRemove, .aliasMove, .aliasRollback, .aliasOutOfPolicy, .verdictStale, .runCreate,
            .reproductionRequest, .reproductionStart,
            .reproductionCancel, .reproductionEnd, .policySet, .overrideAsk, .overrideConfirm, .holdPlace,
            .holdAskLift, .holdLift, .retentionSet, .scheduleSet:
            .readMetadata
        default: .readLog
        }
    }

    /// What is behind the type of a refusal.
    public static let refused = ".refuse"
    /// The type of a signed checkpoint of the audit log: webhooks of the whole server are told of them. It is no entry.
    public static let checkpoint = "log.checkpoint"

    /// The right that it takes to be told of an event of a type.
    package static func permission(for type: String) -> Permission {
        EventType(rawValue: type)?.permission ?? .readLog
    }
}
