import ArgumentParser
import Foundation

/// The options of `assay serve` about checks and backups.
struct UpkeepOptions: ParsableArguments {
    @Option(help: "The most that the scrub reads, in MB a second; 0 turns it off.") var scrubRate: Int?
    @Option(help: "Within how many days every blob is read; 0 turns the scrub off.") var scrubDays: Int?
    @Option(help: "The only folder that backups are written to.", completion: .directory) var backups: String?
    @Option(help: "Hours between backups that the server makes by itself; 0 for none.") var backupInterval: Int?
    @Option(help: "How many complete backups stay then; 0 for all of them.") var backupKeep: Int?

    /// What flags say, over what the environment says.
    func configuration() throws -> UpkeepConfiguration {
        var settings = try UpkeepConfiguration()
        settings.scrubRate = scrubRate ?? settings.scrubRate
        settings.scrubDays = scrubDays ?? settings.scrubDays
        settings.backups = (backups ?? settings.backups).map {
            URL(filePath: $0).standardizedFileURL.path(percentEncoded: false)
        }
        settings.backupInterval = backupInterval ?? settings.backupInterval
        settings.backupKeep = backupKeep ?? settings.backupKeep
        try settings.check()
        return settings
    }
}
