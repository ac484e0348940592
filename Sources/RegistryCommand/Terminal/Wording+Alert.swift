import RegistryTypes

extension Wording {
    /// An alert in a sentence.
    static func alert(_ alert: AlertRecord) -> String {
        switch alert.kind {
        case .staleVerdict:
            "the verdict of \(alert.reproduction?.text ?? "-") is older than the policy allows, noticed \(time(alert.since))"
        case .aliasOutOfPolicy:
            "\(alert.alias?.text ?? "-") would not be moved here any more, noticed \(time(alert.since)); its policy changed "
                + "and fails: \(list(alert.rules ?? []))"
        }
    }
}
