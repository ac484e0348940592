import AuditLog
import RegistryTypes

/// How the signed log, and a check of it, are shown.
enum LogPage {
    /// How far a log is signed.
    static func text(_ status: LogStatus) -> String {
        var lines = ["\(status.entries) entries"]
        if let refusal = status.refusal { lines.append("NOT SIGNED: \(refusal)") }
        if let checkpoint = status.checkpoint, let signedAt = status.signedAt {
            lines += ["signed \(Wording.time(signedAt)):", "", checkpoint.trimmingSuffix("\n")]
        }
        lines.append("")
        for key in status.keys {
            lines.append("key    \(key.vkey)\(key.validUntil.map { "  until \(Wording.time($0))" } ?? "")")
        }
        for epoch in status.epochs {
            lines.append("epoch  \(epoch.number)  \(epoch.origin)  since \(Wording.time(epoch.startedAt))")
        }
        return lines.joined(separator: "\n")
    }

    /// What a check of a log found.
    static func text(_ report: LogVerifier.Report) -> String {
        let checkpoint = report.checkpoint
        var lines = report.findings.map { "ALTERED  \($0.object): \($0.detail)" }
        if report.omitted > 0 { lines.append("and \(report.omitted) more") }
        lines.append(
            "\(report.findings.isEmpty ? "good: " : "")\(report.entries) of \(checkpoint.size) entries and \(report.tiles) tiles "
                + "of \(checkpoint.origin) were hashed")
        lines.append(
            "root \(checkpoint.root), signed by \(report.signers.map(\.description).joined(separator: " and "))")
        return lines.joined(separator: "\n")
    }

    /// The same for programs.
    static func document(_ report: LogVerifier.Report) -> JSONValue {
        [
            "origin": .string(report.checkpoint.origin), "size": .integer(report.checkpoint.size),
            "root": .string(report.checkpoint.root.description), "entries": .integer(report.entries),
            "tiles": .integer(report.tiles), "signers": .array(report.signers.map { .string($0.description) }),
            "findings": .array(
                report.findings.map { ["object": .string($0.object), "detail": .string($0.detail)] }),
            "omitted": .integer(report.omitted),
        ]
    }

    /// That a log has grown since it was seen last.
    static func growth(of head: OnlineLog.Head) -> String {
        let now = "\(head.checkpoint.size) entries of \(head.checkpoint.origin)"
        guard let before = head.before else { return "\(now), seen for the first time" }
        return "good: \(now), grown from \(before.size)"
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
