import AuditLog
import RegistryTypes

/// A wish to move an alias.
struct AliasMove: Sendable {
    /// Where to.
    enum Target: Sendable {
        case version(Int)
        /// Where it pointed before the last move that was not taken back.
        case back
        case nowhere
    }

    let alias: Alias
    let name: QualifiedName
    let kind: CollectionKind
    let target: Target
    /// The number that the alias must point to now, 0 if it must not exist; nil asks for nothing.
    let expected: Int?

    /// The audit entry's action.
    var action: String { if case .back = target { "alias.rollback" } else { "alias.move" } }

    /// The entry of a refusal that no version is known for.
    var refusal: AuditEntry {
        let wanted: JSONValue = if case .version(let number) = target { .integer(number) } else { .null }
        return AuditEntry(
            action, namespace: name.namespace.text, object: "\(kind.rawValue):\(name):\(alias)", after: wanted)
    }
}
