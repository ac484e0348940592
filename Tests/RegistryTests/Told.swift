import RegistryTypes
import Synchronization

/// Keeps the errors that something was told.
final class Told: Sendable {
    private let errors = Mutex<[RegistryError]>([])

    var messages: [String] { errors.withLock { $0.map(\.message) } }

    func add(_ error: RegistryError) { errors.withLock { $0.append(error) } }
}
