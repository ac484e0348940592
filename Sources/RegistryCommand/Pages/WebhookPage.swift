import RegistryTypes

/// How a webhook is shown.
enum WebhookPage {
    /// Prints a webhook.
    static func print(_ record: WebhookRecord, _ global: GlobalOptions) throws {
        if global.json { return try global.console.print(json: record) }
        global.console.print(text(record))
    }

    /// Its state, and what is wrong.
    static func state(_ record: WebhookRecord) -> String {
        if record.isKeyLost { return "key lost" }
        return record.state == .active && record.problem != nil ? "failing" : record.state.rawValue
    }

    private static func text(_ record: WebhookRecord) -> String {
        var lines = [
            "webhook    \(record.id)", "url        \(record.url)",
            "about      \(record.namespace.map { "namespace \($0)" } ?? "the whole server")",
            "events     \(record.events.joined(separator: " "))", "state      \(state(record))",
            "waiting    \(record.waiting) messages; looked at the audit log up to entry \(record.cursor - 1)",
            "delivered  \(record.deliveredAt.map { "last at \(Wording.time($0))" } ?? "nothing yet")",
            "created    \(Wording.time(record.createdAt)) by \(record.createdBy.name)",
        ]
        if let problem = record.problem { lines.append("problem    \(problem)") }
        if let end = record.earlierSecretUntil, end > Wording.now {
            lines.append("secret     the one before signs too until \(Wording.time(end))")
        }
        if record.isKeyLost {
            lines.append(
                "the key that its secret was made of is gone: nothing is sent until `assay webhook rotate-secret`")
        }
        return lines.joined(separator: "\n")
    }
}
