import NIOPosix

/// Threads that wait for the disk.
enum DiskThreads {
    /// Write uploads: however many come in and however slow the disk, the threads of downloads stay free.
    static let uploads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()
}
