import AuditLog
import RegistryTypes
import Synchronization

/// What a server knows of its audit log since the last checkpoint. One signs at a time.
package final class LogSigner: Sendable {
    /// After so many entries a checkpoint does not wait any longer.
    package static let batch = 256

    private struct State {
        var isBusy = false
        var unsigned = 0
        /// The tree over all entries that were hashed, and the epoch in which its past was found unchanged.
        var tree: MerkleRoot?
        var checkedEpoch: Int?
        var refusal: String?
        var needsEpoch = false
    }

    /// The detail `log` of an error that says that the database is not the one whose log was signed.
    static let other = "other"

    private let state = Mutex(State())
    /// Announces the first unsigned entry, and the last one of a batch.
    package let added = Notifier()

    init() {}

    /// The writes since the last checkpoint.
    package var unsigned: Int { state.withLock { $0.unsigned } }

    /// Why nothing is signed; nil while all is well.
    var refusal: String? { state.withLock { $0.refusal } }

    /// Whether nothing is signed because the database is not the one whose log was signed.
    var needsEpoch: Bool { state.withLock { $0.needsEpoch } }

    /// Notes that an entry may have been added.
    func noteWrite() {
        let count = state.withLock { state in
            state.unsigned += 1
            return state.unsigned
        }
        if count == 1 || count == Self.batch { added.announce() }
    }

    /// Takes the tree to sign it, unless somebody else has it; nil then.
    func begin() -> (tree: MerkleRoot?, checkedEpoch: Int?)? {
        state.withLock { state in
            guard !state.isBusy else { return nil }
            state.isBusy = true
            state.unsigned = 0
            return (state.tree, state.checkedEpoch)
        }
    }

    /// Gives the tree back, signed.
    func end(_ tree: MerkleRoot, checkedEpoch: Int) {
        state.withLock { state in
            state.isBusy = false
            (state.tree, state.checkedEpoch, state.refusal, state.needsEpoch) = (tree, checkedEpoch, nil, false)
        }
    }

    /// Gives it back unsigned: it is looked at anew the next time.
    func fail(_ error: any Error) {
        state.withLock { state in
            state.isBusy = false
            state.unsigned = max(state.unsigned, 1)
            (state.tree, state.checkedEpoch) = (nil, nil)
            state.refusal = (error as? RegistryError)?.message ?? "\(error)"
            state.needsEpoch = (error as? RegistryError)?.details["log"] == Self.other
        }
    }
}
