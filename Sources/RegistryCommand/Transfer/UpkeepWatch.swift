import Foundation
import RegistryClient
import RegistryTypes

/// Follows a check or backup on the server to its end; Ctrl-C stops the watching, not the work.
struct UpkeepWatch {
    let client: RegistryClient
    let console: Console

    /// Returns the record once the work is done.
    ///
    /// Throws `internal-error` with the server's explanation if it failed.
    func follow(_ record: UpkeepRecord, _ label: String) async throws -> UpkeepRecord {
        let display = console.progress(label)
        defer { display.finish() }
        var record = record
        var pause = Duration.milliseconds(50)
        while !record.isOver {
            try await ContinuousClock().sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
            record = try await client.upkeep(record.kind, record.id)
            if let progress = record.progress { display.report(progress.done, progress.total) }
        }
        if let explanation = record.explanation {
            throw RegistryError(.internalError, "\(record.kind.rawValue) \(record.id) failed: \(explanation)")
        }
        return record
    }
}
