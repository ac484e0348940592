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
        var offset = 0
        var text = UTF8Pieces()
        while true {
            let piece = try await client.reproductionLog(id, from: offset)
            if piece.bytes.isEmpty { return }
            offset += piece.bytes.count
            console.passOn(log: text.append(piece.bytes))
        }
    }

    /// Passes on a log until the job has ended.
    func untilEnd(of id: RunID) async throws -> ReproductionRecord {
        var offset = 0
        var text = UTF8Pieces()
        var pause = Duration.milliseconds(100)
        while true {
            // The record before the log: what was logged before the end is then never missed.
            let record = try await client.reproduction(id)
            let piece = try await client.reproductionLog(id, from: offset)
            offset += piece.bytes.count
            console.passOn(log: text.append(piece.bytes))
            let isOver = record.state == .done || record.state == .cancelled
            if isOver, piece.isComplete || piece.bytes.isEmpty { return record }
            pause = piece.bytes.isEmpty ? min(pause * 2, .seconds(1)) : .milliseconds(100)
            try await ContinuousClock().sleep(for: pause)
        }
    }
}
