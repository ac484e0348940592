import Foundation
import RegistryClient
import RegistryTypes

/// Brings the bytes of a push to the server; Ctrl-C stops it, and the same push goes on where it ended.
struct PushTransfer: Sendable {
    let client: RegistryClient
    let namespace: ResourceName
    let console: Console

    /// Hashes and sends files and folders, and what else belongs to them.
    func send(
        _ places: [String], with others: [LocalFile] = [], scratch: TemporaryFolder
    ) async throws -> PreparedArtifact {
        try await Interruption.cancelling {
            let artifact = try await PreparedArtifact(ArtifactEntries(places), scratch: scratch, console: console)
            try await transfer(artifact.local + others)
            return artifact
        }.result
    }

    /// Sends files that were hashed.
    func send(_ files: [LocalFile]) async throws {
        _ = try await Interruption.cancelling { try await transfer(files) }
    }

    private func transfer(_ files: [LocalFile]) async throws {
        let display = console.progress("pushing")
        defer { display.finish() }
        let total = files.reduce(0) { $0 + $1.size }
        do {
            let present = try await client.upload(files, to: .namespace(namespace), progress: display.report)
            display.finish()
            if present > 0 { console.note("\(Wording.bytes(present)) of \(Wording.bytes(total)) were there already") }
        } catch is CancellationError {
            display.finish()
            console.note("stopped; the same push continues with what has arrived, for a day")
            throw CancellationError()
        }
    }
}
