import Foundation
import RegistryTypes

/// How often a server reads its blobs, and when and where it makes backups.
package struct UpkeepConfiguration: Sendable, Equatable {
    /// The most that the scrub reads, in MB (10⁶ bytes) a second; 0 turns it off.
    package var scrubRate: Int
    /// Within how many days every blob is read; 0 turns the scrub off.
    package var scrubDays: Int
    /// The only folder that backups are written to.
    package var backups: String?
    /// Hours between backups that the server makes by itself; 0 for none.
    package var backupInterval: Int
    /// How many complete backups stay then; 0 for all of them.
    package var backupKeep: Int

    /// Reads environment variables: `ASSAY_SCRUB_RATE`, `ASSAY_SCRUB_DAYS`, `ASSAY_BACKUPS`, `ASSAY_BACKUP_INTERVAL`,
    /// `ASSAY_BACKUP_KEEP`.
    ///
    /// Throws `invalid-request` for a value that is none.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func number(_ name: String, default value: Int) throws -> Int {
            guard let text = environment[name], !text.isEmpty else { return value }
            guard let number = Int(text), number >= 0 else {
                throw RegistryError(.invalidRequest, "\(name) is \"\(text)\", not a whole number from 0")
            }
            return number
        }
        scrubRate = try number("ASSAY_SCRUB_RATE", default: 50)
        scrubDays = try number("ASSAY_SCRUB_DAYS", default: 30)
        backups = environment["ASSAY_BACKUPS"].flatMap { $0.isEmpty ? nil : $0 }
        backupInterval = try number("ASSAY_BACKUP_INTERVAL", default: 0)
        backupKeep = try number("ASSAY_BACKUP_KEEP", default: 0)
    }

    /// Throws `invalid-request` for what does not go together.
    package func check() throws {
        guard [scrubRate, scrubDays, backupInterval, backupKeep].allSatisfy({ (0...1_000_000).contains($0) }) else {
            throw RegistryError(.invalidRequest, "rates, days, hours and counts are whole numbers from 0 to 1,000,000")
        }
        guard backupInterval == 0 || backups != nil else {
            throw RegistryError(.invalidRequest, "--backup-interval needs --backups, the folder that backups go to")
        }
    }
}
