import BlobStore
import Foundation
import GRDB
import Migrations
package import RegistryTypes

/// Checks the data folder of a server that does not run.
package enum OfflineFsck {
    /// Takes the folder's lock and checks it; the folder stays as it is.
    ///
    /// Throws `data-folder-in-use` while a server runs, `data-folder-unusable` for a folder that holds no data of this
    /// schema.
    package static func run(
        dataFolder: String, readsData: Bool, progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws -> FsckReport {
        try await Blocking.runCancellably(.lower(by: 19)) { cancellation in
            let path = dataFolder + "/meta.db"
            guard FileManager.default.fileExists(atPath: path) else {
                throw RegistryError(.dataFolderUnusable, "\(dataFolder) holds no data of Assay: there is no meta.db")
            }
            let lock = try DataFolderLock(dataFolder: dataFolder)
            defer { withExtendedLifetime(lock) {} }
            let database: DatabaseQueue
            do {
                database = try RegistryDatabase.openForReading(path: path)
            } catch let error as RegistryError {
                return unreadable(error, readsData: readsData)
            }
            defer { try? database.close() }
            try requireSchema(of: database)
            var fsck = Fsck(
                database: database, blobs: FileBlobStore(reading: dataFolder), readsData: readsData, grace: 0
            ) { done, total in
                try cancellation.check()
                progress(done, total)
            }
            return try fsck.run()
        }
    }

    /// The report about a database that cannot even be opened.
    private static func unreadable(_ error: RegistryError, readsData: Bool) -> FsckReport {
        var report = FsckReport(readData: readsData)
        report.add(
            FsckFinding(
                object: "database", problem: .unreadable, detail: error.message, advice: Fsck.restoreAdvice))
        return report
    }

    private static func requireSchema(of database: some DatabaseReader) throws {
        // Where even this cannot be read, the check says so.
        guard let schema = try? database.read({ try Int.fetchOne($0, sql: "PRAGMA user_version") }) else { return }
        guard schema == Migrations.all.count else {
            throw RegistryError(
                schema > Migrations.all.count ? .schemaTooNew : .dataFolderUnusable,
                "the database has schema \(schema), this program checks \(Migrations.all.count); use the program of the "
                    + "server, or start the newer server once")
        }
    }
}
