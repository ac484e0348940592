import RegistryTypes

/// What a check of the store found, for people.
enum FsckPage {
    /// The findings and what was looked at.
    static func text(_ report: FsckReport) -> String {
        var lines = report.findings.map { finding in
            "\(finding.object): \(finding.problem.rawValue): \(finding.detail)\n    \(finding.advice)"
        }
        if report.omitted > 0 { lines.append("… and \(report.omitted) more") }
        let read = report.readData ? "read" : "looked at"
        lines.append(
            "\(read) \(report.blobs) blobs of \(Wording.bytes(report.blobBytes)); checked \(report.files) files, "
                + "\(report.artifacts) artifacts, \(report.recipes) recipes, \(report.versions) versions, "
                + "\(report.auditEntries) audit entries")
        let count = report.findings.count + report.omitted
        lines.append(count == 0 ? "nothing is wrong" : "\(count) found wrong")
        return lines.joined(separator: "\n")
    }
}
