import NIOCore
import NIOPosix

/// Threads for the bytes of uploads alone: hashing and writing them holds up no read, however many come at once.
///
/// Not more than processors, for they compute most of the time. An upload whose client is slow waits without one.
final class UploadThreads: TaskExecutor {
    /// The threads of the process.
    static let shared = UploadThreads()

    private let pool = NIOThreadPool(numberOfThreads: System.coreCount)

    private init() { pool.start() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
