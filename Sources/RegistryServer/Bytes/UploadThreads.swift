import NIOCore
import NIOPosix
import Registry

/// Threads for the bytes of uploads alone: hashing and writing them holds up no read, however many come at once.
///
/// Not more than processors, for they compute most of the time. An upload whose client is slow waits without one. Where
/// both want a processor, reads go first: they are short, and uploads fill any number of them.
final class UploadThreads: TaskExecutor {
    /// The threads of the process.
    static let shared = UploadThreads()

    private let pool = NIOThreadPool(numberOfThreads: System.coreCount)

    private let isCalm = ThreadSpecificVariable<Calm>()

    private final class Calm: Sendable {}

    private init() { pool.start() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in
            if self.isCalm.currentValue == nil {
                ThreadPriority.lower(by: 10).adopt()
                self.isCalm.currentValue = Calm()
            }
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
