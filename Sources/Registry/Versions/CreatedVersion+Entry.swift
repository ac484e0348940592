import AuditLog
import GRDB
import RegistryTypes

extension CreatedVersion {
    /// The answer to the push of a version that was just recorded; says so if its bytes are not new.
    init(_ version: VersionRows.Version, warnings: [String] = [], _ db: Database) throws {
        let summary = try VersionSummary.fetch(version.id, db)
        let twin = summary.sameArtifactAs.map { "the files are byte for byte those of \(summary.name):\($0)" }
        self.init(version: summary, warnings: warnings + [twin].compactMap(\.self))
    }

    /// The entry that records the push.
    func entry(_ kind: CollectionKind) -> AuditEntry {
        AuditEntry(
            "version.create", namespace: version.name.namespace.text,
            object: "\(kind.rawValue):\(version.name):\(version.number)", digest: version.digest,
            after: [
                "artifact": .string(version.artifact.description), "flags": .array(version.flags.map(JSONValue.string)),
            ])
    }
}
