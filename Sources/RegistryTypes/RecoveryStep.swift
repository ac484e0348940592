/// The numbered steps of a start, at which a test can have the process die as at a `FailurePoint`.
package enum RecoveryStep: String, CaseIterable, Sendable {
    case databaseCopied = "r1-database-copied"
    case migrationApplied = "r2-migration-applied"
    case schemaChecked = "r3-schema-checked"
    case bytesVerified = "r4-bytes-verified"
    case markWritten = "r5-mark-written"

    /// Marks that the step was reached.
    package func reached() { FailurePoint.reached(rawValue) }
}
