/// Somewhere outside the server that holds checkpoints, so that the log cannot be rewritten unseen.
///
/// `deliver` may be called with a note that is there already; it does nothing then. It throws where the note could not be
/// stored, or where there is a newer one of the same log: the next one is tried all the same.
protocol CheckpointDestination: Sendable {
    /// What it is called in the server's log; holds no secret.
    var name: String { get }

    /// Stores a signed note.
    func deliver(_ note: String) async throws
}
