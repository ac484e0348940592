extension ErrorCode {
    /// The HTTP status of a response that carries this code.
    public var status: Int { row.status }

    /// The exit code of the command line when it ends with this code (contract: "Exit codes of the CLI").
    public var exitCode: Int32 { row.exit }

    /// One sentence that explains the code, the same for every occurrence (RFC 9457 `title`).
    public var title: String { row.title }

    /// Whether the code says that somebody who is known was not allowed to: the audit log records it.
    var isRefusal: Bool {
        switch self {
        case .forbidden, .versionNotApproved, .fourEyes, .nonfiniteVersion, .policyViolated, .collectionRefused,
            .identityRefused, .outboundRefused:
            true
        default: false
        }
    }

    /// Seconds after which the same request may work, for codes of states that pass by themselves.
    public var retryAfter: Int? {
        switch self {
        case .busy, .tooManyConnections: 1
        case .serverStopping: 2
        case .identityKeysUnavailable: 10
        default: nil
        }
    }

    private var row: (status: Int, exit: Int32, title: String) {
        switch self {
        case .invalidRequest: (400, 1, "The request is not well formed.")
        case .invalidJSON: (400, 1, "The body is not the JSON document that this operation takes.")
        case .invalidDigest: (400, 1, "A digest is not of the form sha256:<64 lower-case hex digits>.")
        case .invalidCommit: (400, 1, "A commit is not a full git commit id.")
        case .invalidName: (400, 1, "A name is not allowed.")
        case .invalidPath: (400, 1, "A file path is not allowed.")
        case .invalidReference: (400, 1, "A reference could not be understood.")
        case .invalidRecipe: (400, 1, "The recipe is not complete or not consistent.")
        case .invalidPolicy: (400, 1, "The policy is not complete or not consistent.")
        case .invalidRange: (416, 1, "The requested range lies outside the file.")
        case .nonfiniteNumber: (400, 1, "JSON has no NaN or infinity; send the metric's class instead.")
        case .payloadTooLarge: (413, 1, "The body is larger than this operation takes.")
        case .targetTooLong: (414, 1, "The address of the request is too long.")
        case .headerTooLarge: (431, 1, "The header of the request is too large or has too many fields.")
        case .requestTimeout: (408, 8, "The request came in too slowly.")
        case .expectationFailed: (417, 1, "The request expects something that the server does not do.")
        case .lengthRequired: (411, 1, "The request needs a Content-Length.")
        case .methodNotAllowed: (405, 1, "The method is not allowed on this resource.")
        case .outboundRefused: (422, 4, "The server does not send to that address.")
        case .digestMismatch: (422, 5, "The bytes received do not have the declared digest.")
        case .lengthMismatch: (422, 5, "The bytes received do not have the declared length.")
        case .sourceNotProven: (422, 5, "The source bundle does not prove the commit.")
        case .sourceIncomplete: (422, 2, "The source has parts that git does not hold.")
        case .dirtySource: (422, 1, "The work tree has changes that are not committed.")
        case .blobUnknown: (422, 6, "A file named by the request has not been uploaded to this namespace.")
        case .blobCorrupt: (503, 5, "The stored bytes no longer match their digest and are not served.")
        case .unauthenticated: (401, 7, "A valid token is needed.")
        case .tokenExpired: (401, 7, "The token has expired or was revoked.")
        case .forbidden: (403, 7, "The token's principal may not do this.")
        case .tooManyAttempts: (429, 7, "Too many requests without a valid token came from this address.")
        case .identityRefused: (401, 7, "The token of the other system is not accepted.")
        case .identityKeysUnavailable: (503, 8, "The keys of the other system cannot be had.")
        case .notFound: (404, 6, "Nothing is known by that name, or the token may not see it.")
        case .alreadyExists: (409, 1, "Something of that name exists already.")
        case .conflict: (409, 1, "The operation does not fit the present state.")
        case .tooManyUploads: (429, 1, "Too many uploads of this principal are open.")
        case .preconditionFailed: (412, 1, "The state is not the one that the request expected.")
        case .idempotencyKeyReused: (422, 1, "The Idempotency-Key was used for another request.")
        case .versionNotApproved: (403, 4, "The version is not approved.")
        case .fourEyes: (403, 4, "Whoever pushed a version may not approve it.")
        case .nonfiniteVersion: (409, 4, "The version holds NaN or infinite values and can never be approved.")
        case .policyViolated: (409, 4, "The policy does not allow it.")
        case .notVerifiable: (409, 2, "The version cannot be verified.")
        case .versionRemoved: (410, 6, "The version was removed; its bytes are no longer served.")
        case .collectionRefused: (409, 4, "The collection would take more than it should; nothing was done.")
        case .collectionPaused: (409, 1, "Nothing is collected at present.")
        case .serverUnreachable: (503, 8, "The server cannot be reached.")
        case .integrityFailure: (422, 5, "Bytes do not match their digest.")
        case .runFailed: (422, 3, "The run failed.")
        case .sandboxUnavailable: (503, 2, "No sandbox works on this machine.")
        case .dataFolderUnusable: (500, 1, "The data folder cannot be used.")
        case .dataFolderInUse: (500, 1, "Another server uses the data folder.")
        case .schemaTooNew: (500, 1, "The database was written by a newer version of Assay.")
        case .storageFull: (507, 1, "The disk is full.")
        case .storeDegraded: (503, 1, "The disk has failed; the store only answers reads until it is restarted.")
        case .databaseCorrupt: (503, 5, "The database is damaged.")
        case .busy: (503, 8, "The server is busy; the same request will work a little later.")
        case .tooManyConnections: (503, 8, "The server has as many connections as it takes.")
        case .serverStopping: (503, 8, "The server is being stopped.")
        case .internalError: (500, 1, "The server failed; the log has the cause.")
        }
    }
}
