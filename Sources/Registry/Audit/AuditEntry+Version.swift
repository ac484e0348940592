import AuditLog
import RegistryTypes

extension AuditEntry {
    /// The entry about a version by its own name, number and digest, however the request named it: who looks
    /// for what happened to a version finds all of it.
    func naming(
        _ version: VersionRows.Version, of collection: CollectionRows.Collection, _ kind: CollectionKind = .model
    ) -> AuditEntry {
        var entry = self
        entry.namespace = collection.name.namespace.text
        entry.object = "\(kind.rawValue):\(collection.name):\(version.number)"
        entry.digest = version.digest
        return entry
    }
}
