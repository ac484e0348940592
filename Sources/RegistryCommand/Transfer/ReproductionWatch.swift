import Foundation
import RegistryClient
import RegistryTypes

/// Follows a reproduction on the server: its log as it grows, and its end.
struct ReproductionWatch {
    let client: RegistryClient
    let console: Console

    private enum Finding: Sendable {
        case ended(ReproductionRecord)
        case interrupted
    }

    /// Returns the record once the job has ended; Ctrl-C asks the server to stop it.
    func follow(_ record: ReproductionRecord) async throws -> ReproductionRecord {
        let finding = try await withThrowingTaskGroup(of: Finding.self) { group in
            group.addTask { .ended(try await untilEnd(of: record.id)) }
            group.addTask {
                _ = await Interruption.wait()
                return .interrupted
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .interrupted
        }
        switch finding {
        case .ended(let record): return record
        case .interrupted:
            console.note("\nasking the server to stop \(record.id) …")
            _ = try await client.cancelReproduction(record.id)
            throw CancellationError()
        }
    }

    /// Passes on what there is of a log.
    func printLog(of id: RunID) async throws {
        var log = ReproductionLogReader(of: id, client: client, console: console)
        while try await log.passOn().isNew {}
    }

    /// Passes on a log until the job has ended.
    func untilEnd(of id: RunID) async throws -> ReproductionRecord {
        var log = ReproductionLogReader(of: id, client: client, console: console)
        var pause = Duration.milliseconds(100)
        var waiting: String?
        while true {
            // The record before the log: what was logged before the end is then never missed.
            let record = try await client.reproduction(id)
            if record.waiting != waiting {
                waiting = record.waiting
                if let waiting { console.warn("the job waits. \(waiting)") }
            }
            let (isNew, isComplete) = try await log.passOn()
            let isOver = record.state == .done || record.state == .cancelled
            if isOver, isComplete || !isNew { return record }
            pause = isNew ? .milliseconds(100) : min(pause * 2, .seconds(1))
            try await ContinuousClock().sleep(for: pause)
        }
    }
}
