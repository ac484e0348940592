import AuditLog
import Foundation
import RegistryTypes

/// A folder with the last `checkpoint`, and all that were delivered as `<origin>/<entries>`.
struct FolderDestination: CheckpointDestination {
    let folder: URL

    var name: String { folder.path(percentEncoded: false) }

    func deliver(_ note: String) async throws {
        let checkpoint = try Checkpoint(text: SignedNote(Data(note.utf8)).text)
        let place = folder.appending(path: checkpoint.origin)
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for file in [place.appending(path: String(checkpoint.size)), folder.appending(path: "checkpoint")] {
                try Data(note.utf8).write(to: file, options: .atomic)
            }
        } catch {
            throw RegistryError(.invalidPath, "\(name) cannot be written: \(error.localizedDescription)")
        }
    }
}
