import GRDB
import RegistryTypes

extension AlertRecord {
    /// What is no longer as a policy wants it about some versions, by version.
    static func all(of versions: [Int64], at time: Int64, _ db: Database) throws -> [Int64: [AlertRecord]] {
        try StaleVerdictRows.alerts(of: versions, db).merging(
            AliasReviewRows.alerts(of: versions, at: time, db), uniquingKeysWith: +)
    }
}
