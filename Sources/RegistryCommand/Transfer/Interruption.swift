import Dispatch
import Foundation

/// Ctrl-C, and the polite signal to end.
enum Interruption {
    /// Returns true at the first SIGINT or SIGTERM, false when the task is cancelled; a second signal ends the process.
    static func wait() async -> Bool {
        let (signals, continuation) = AsyncStream<Void>.makeStream()
        let sources = [SIGINT, SIGTERM].map { number in
            // A handler and not SIG_IGN, which every program started meanwhile would inherit.
            signal(number) { _ in }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        var hasCome = false
        for await _ in signals {
            hasCome = true
            break
        }
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        return hasCome
    }

    /// Does some work; the first Ctrl-C cancels it, and what the cancelled work returns is the result.
    ///
    /// - Throws: `CancellationError` in place of any error that the work throws after a Ctrl-C: the terminal sends the
    ///   signal to the programs that were started too, and their end may look like a failure.
    static func cancelling<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> (result: Result, wasInterrupted: Bool) {
        var wasInterrupted = false
        do {
            let result = try await withThrowingTaskGroup(of: Event<Result>.self) { group in
                group.addTask { .finished(try await work()) }
                group.addTask { await wait() ? .interrupted : .nothing }
                defer { group.cancelAll() }
                while let event = try await group.next() {
                    switch event {
                    case .finished(let result): return result
                    case .interrupted:
                        wasInterrupted = true
                        group.cancelAll()
                    case .nothing: break
                    }
                }
                throw CancellationError()
            }
            return (result, wasInterrupted)
        } catch {
            throw wasInterrupted ? CancellationError() : error
        }
    }

    private enum Event<Result: Sendable>: Sendable {
        case finished(Result)
        case interrupted
        case nothing
    }
}
