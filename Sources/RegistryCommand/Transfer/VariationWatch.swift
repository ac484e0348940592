import RegistryClient
import RegistryTypes

/// Waits until reproductions that belong together have all ended.
struct VariationWatch {
    private static let pause = Duration.milliseconds(300)

    let client: RegistryClient
    let console: Console

    /// Returns the records once all have ended, in their order; Ctrl-C asks the server to stop them all.
    func follow(_ records: [ReproductionRecord]) async throws -> [ReproductionRecord] {
        do {
            return try await Interruption.cancelling { try await untilEnd(of: records) }.result
        } catch is CancellationError {
            console.note("\nasking the server to stop \(records.count) reproductions …")
            // In a task of its own: nothing is sent in one that is cancelled.
            await Task {
                for record in records { _ = try? await client.cancelReproduction(record.id) }
            }.value
            throw CancellationError()
        }
    }

    private func untilEnd(of records: [ReproductionRecord]) async throws -> [ReproductionRecord] {
        var ended: [ReproductionRecord] = []
        for record in records {
            var record = record
            while record.endedAt == nil {
                try await ContinuousClock().sleep(for: Self.pause)
                record = try await client.reproduction(record.id)
            }
            let outcome = record.verdict?.verdict.rawValue ?? record.state.rawValue
            console.note("\(record.variation?.description ?? "unchanged"): \(outcome)")
            ended.append(record)
        }
        return ended
    }
}
