import RegistryClient
import RegistryTypes

/// The log of a job: sent to the server in pieces while it grows, at most two a second, and kept to the end.
///
/// An actor, because the command prints while a timer sends.
actor JobLog {
    private static let limit = 32 << 20
    private static let pause = Duration.milliseconds(500)

    private let client: RegistryClient
    private let id: RunID
    private var waiting = ""
    /// Everything so far, at most 32 MiB.
    private(set) var text = ""

    init(client: RegistryClient, id: RunID) {
        self.client = client
        self.id = id
    }

    /// Adds a piece.
    func append(_ piece: String) {
        guard text.utf8.count < Self.limit else { return }
        text += piece
        waiting += piece
    }

    /// Sends twice a second what is waiting, until the task is cancelled.
    func flushRegularly() async {
        while (try? await ContinuousClock().sleep(for: Self.pause)) != nil { await flush() }
    }

    /// Sends what is waiting; a piece that cannot be sent is only missing from the live log.
    func flush() async {
        guard !waiting.isEmpty else { return }
        let piece = waiting
        waiting = ""
        try? await client.appendJobLog(id, piece)
    }
}
