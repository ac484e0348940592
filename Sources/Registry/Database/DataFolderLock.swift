import Foundation
import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The lock that keeps a second server out of a data folder; the kernel drops it when the process ends, however.
final class DataFolderLock: Sendable {
    private let descriptor: Int32

    /// Makes the folder if it is new (0750) and takes the lock.
    init(dataFolder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw RegistryError(
                .dataFolderUnusable, "cannot make the data folder \(dataFolder): \(error.localizedDescription)")
        }
        let path = dataFolder + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            let number = errno
            let advice =
                number == EROFS
                ? "look at the kernel's log, check the file system and mount it for writing"
                : "give it to the user that runs the server"
            throw RegistryError(
                .dataFolderUnusable,
                "cannot write to the data folder \(dataFolder): \(String(cString: strerror(number))); \(advice)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw RegistryError(
                .dataFolderInUse,
                "another server uses the data folder \(dataFolder); stop it or choose another folder")
        }
    }

    deinit {
        // A process that is just being started holds a copy of the descriptor for a moment.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Lets the next server in, before the last reference to this one is gone.
    func release() { flock(descriptor, LOCK_UN) }
}
