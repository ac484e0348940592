/// Every code an error can carry: a string that never changes once released.
///
/// `ErrorCode+Table.swift` gives each one its HTTP status, CLI exit code and explanation.
public enum ErrorCode: String, Sendable, CaseIterable, Codable {
    // What was sent is not well formed.
    case invalidRequest = "invalid-request"
    case invalidJSON = "invalid-json"
    case invalidDigest = "invalid-digest"
    case invalidCommit = "invalid-commit"
    case invalidName = "invalid-name"
    case invalidPath = "invalid-path"
    case invalidReference = "invalid-reference"
    case invalidRecipe = "invalid-recipe"
    case invalidPolicy = "invalid-policy"
    case invalidRange = "invalid-range"
    case nonfiniteNumber = "nonfinite-number"
    case payloadTooLarge = "payload-too-large"
    case targetTooLong = "target-too-long"
    case headerTooLarge = "header-too-large"
    case requestTimeout = "request-timeout"
    case expectationFailed = "expectation-failed"
    case lengthRequired = "length-required"
    case methodNotAllowed = "method-not-allowed"
    case outboundRefused = "outbound-refused"

    // What was sent does not match its digest, length or proof.
    case digestMismatch = "digest-mismatch"
    case lengthMismatch = "length-mismatch"
    case sourceNotProven = "source-not-proven"
    case sourceIncomplete = "source-incomplete"
    case dirtySource = "dirty-source"
    case blobUnknown = "blob-unknown"
    case blobCorrupt = "blob-corrupt"

    // Who is asking.
    case unauthenticated = "unauthenticated"
    case tokenExpired = "token-expired"
    case forbidden = "forbidden"
    case tooManyAttempts = "too-many-attempts"
    case identityRefused = "identity-refused"
    case identityKeysUnavailable = "identity-keys-unavailable"

    // The state of the registry does not allow it.
    case notFound = "not-found"
    case alreadyExists = "already-exists"
    case conflict = "conflict"
    case tooManyUploads = "too-many-uploads"
    case preconditionFailed = "precondition-failed"
    case idempotencyKeyReused = "idempotency-key-reused"
    case versionNotApproved = "version-not-approved"
    case fourEyes = "four-eyes"
    case nonfiniteVersion = "nonfinite-version"
    case policyViolated = "policy-violated"
    case notVerifiable = "not-verifiable"
    case versionRemoved = "version-removed"
    case collectionRefused = "collection-refused"
    case collectionPaused = "collection-paused"

    // The client's side.
    case serverUnreachable = "server-unreachable"
    case integrityFailure = "integrity-failure"
    case runFailed = "run-failed"
    case sandboxUnavailable = "sandbox-unavailable"

    // The server's side.
    case dataFolderUnusable = "data-folder-unusable"
    case dataFolderInUse = "data-folder-in-use"
    case schemaTooNew = "schema-too-new"
    case storageFull = "storage-full"
    case storeDegraded = "store-degraded"
    case databaseCorrupt = "database-corrupt"
    case busy = "busy"
    case tooManyConnections = "too-many-connections"
    case serverStopping = "server-stopping"
    case internalError = "internal-error"
}
