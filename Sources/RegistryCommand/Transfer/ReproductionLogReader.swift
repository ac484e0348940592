import RegistryClient
import RegistryTypes

/// Passes the log of a reproduction on as it grows.
struct ReproductionLogReader {
    private let client: RegistryClient
    private let id: RunID
    private let console: Console
    private var offset = 0
    private var text = UTF8Pieces()

    /// Begins at the first byte.
    init(of id: RunID, client: RegistryClient, console: Console) {
        self.id = id
        self.client = client
        self.console = console
    }

    /// Passes on what has come; `isNew` tells whether anything has, `isComplete` whether nothing will follow.
    mutating func passOn() async throws -> (isNew: Bool, isComplete: Bool) {
        let piece = try await client.reproductionLog(id, from: offset)
        offset += piece.bytes.count
        console.passOn(log: text.append(piece.bytes))
        return (!piece.bytes.isEmpty, piece.isComplete)
    }
}
