import AuditLog
import Foundation
import Registry
import RegistryTypes

/// The webhooks of the whole server that want to be told of `log.checkpoint`; they get it as any other message.
struct WebhookDestination: CheckpointDestination {
    let registry: ModelRegistry

    var name: String { "webhooks" }

    func deliver(_ note: String) async throws {
        let checkpoint = try Checkpoint(text: SignedNote(Data(note.utf8)).text)
        try await registry.announce(
            checkpoint: note, origin: checkpoint.origin, size: Int(checkpoint.size), root: checkpoint.root)
    }
}
