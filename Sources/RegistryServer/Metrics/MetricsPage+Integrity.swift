import Registry
import RegistryTypes

extension MetricsPage {
    /// The part of the page about damaged bytes, checks and backups.
    static func lines(_ gauges: IntegrityGauges) -> [String] {
        var lines =
            gauge("assay_corrupt_blobs", "Blobs whose bytes are damaged or gone.", gauges.corruptBlobs)
            + gauge(
                "assay_oldest_check_seconds", "Time since the blob was read that was not for the longest time.",
                gauges.oldestCheckSeconds)
            + gauge("assay_scrubbed_blobs", "Blobs that the scrub read since the start.", gauges.scrubbedBlobs)
            + gauge("assay_scrubbed_bytes", "Bytes that the scrub read since the start.", gauges.scrubbedBytes)
        if let fsck = gauges.fsck, let report = fsck.fsck {
            lines += gauge(
                "assay_fsck_findings", "What the last check found wrong.", Int64(report.findings.count + report.omitted)
            )
            lines += time("assay_fsck_time_seconds", "When the last check ended.", fsck)
        }
        if let backup = gauges.backup, let report = backup.backup {
            lines += gauge(
                "assay_backup_missing_blobs", "Blobs that the last backup lacks.", Int64(report.manifest.missing.count))
            lines += time("assay_backup_time_seconds", "When the last backup ended.", backup)
        }
        return lines
    }

    private static func time(_ name: String, _ help: String, _ record: UpkeepRecord) -> [String] {
        gauge(name, help, (record.endedAt ?? 0) / 1000)
    }
}
