import Foundation
import Synchronization

/// Encoded answers of one generation of the registry; the first write forgets them all.
///
/// Deploy scripts ask for the same few versions again and again, and encoding a version costs more than finding it.
/// Who may ask is checked before, for every request.
final class AnswerCache: Sendable {
    /// Answers larger than this are not kept, and not more bytes than this in all.
    private static let largest = 1 << 16
    private static let mostBytes = 8 << 20

    private struct State {
        var generation: UInt64 = 0
        var bytes = 0
        var answers: [String: Data] = [:]
    }

    private let state = Mutex(State())

    /// The answer to a question at a generation, if it is known.
    func answer(to question: String, at generation: UInt64) -> Data? {
        state.withLock { $0.generation == generation ? $0.answers[question] : nil }
    }

    /// Keeps an answer that was read at a generation.
    func keep(_ answer: Data, to question: String, at generation: UInt64) {
        guard answer.count <= Self.largest else { return }
        state.withLock { state in
            if state.generation < generation || state.bytes + answer.count > Self.mostBytes {
                state = State(generation: generation)
            }
            guard state.generation == generation, state.answers.updateValue(answer, forKey: question) == nil else {
                return
            }
            state.bytes += answer.count
        }
    }
}
