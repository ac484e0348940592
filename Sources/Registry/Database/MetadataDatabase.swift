import BlobStore
import Foundation
import GRDB
import RegistryTypes

/// The metadata's database: what SQLite fails with leaves here as an error of the registry (`DatabaseFault`).
struct MetadataDatabase: Sendable {
    /// The connections: one writes.
    let pool: DatabasePool
    let health: StoreHealth
    let ballast: Ballast

    /// Answers a question from one snapshot.
    func read<Answer: Sendable>(_ question: @escaping @Sendable (Database) throws -> Answer) async throws -> Answer {
        try await answer { try await pool.read(question) }
    }

    /// Answers a question that takes long, on a thread that gives way to requests.
    func readInBackground<Answer: Sendable>(
        _ question: @escaping @Sendable (Database) throws -> Answer
    ) async throws -> Answer {
        try await answer { try await Blocking.inBackground { [pool] in try pool.read(question) } }
    }

    /// Answers a question from what was recorded by a time, on a connection of its own.
    func readPast<Answer: Sendable>(
        at time: Int64, _ question: @escaping @Sendable (Database) throws -> Answer
    ) async throws -> Answer {
        try await answer {
            try await Blocking.run { [pool] in
                let queue = try RegistryDatabase.openForReading(path: pool.path)
                defer { try? queue.close() }
                return try queue.read { db in
                    try PastViews.make(at: time, db)
                    return try question(db)
                }
            }
        }
    }

    private func answer<Answer>(_ read: () async throws -> Answer) async throws -> Answer {
        do {
            return try await read()
        } catch let error as DatabaseError {
            throw DatabaseFault(error, isLacking: Self.isLacking(error, pool.path)).error(marking: health)
        }
    }

    /// Writes in one transaction.
    func write<Answer: Sendable>(_ operation: @escaping @Sendable (Database) throws -> Answer) async throws -> Answer {
        try await write(takesRoom: true) { db in
            var answer: Answer?
            try db.inTransaction(.immediate) {
                answer = try operation(db)
                return .commit
            }
            guard let answer else { throw RegistryError(.internalError, "the transaction gave no answer") }
            return answer
        }
    }

    /// Runs an operation that opens its own transaction, again if the disk was full and the ballast could be given back.
    ///
    /// - Parameter takesRoom: whether it adds to the registry for good; the ballast is not for those.
    func write<Answer: Sendable>(
        takesRoom: Bool, _ operation: @escaping @Sendable (Database) throws -> Answer
    ) async throws -> Answer {
        try health.requireWritable()
        if ballast.isSpent { try await refillBallast(beforeTakingRoom: takesRoom) }
        do {
            return try await attempt(operation)
        } catch let error as RegistryError where error.code == .storageFull && !takesRoom && ballast.spend() {
            return try await attempt(operation)
        }
    }

    private func attempt<Answer: Sendable>(
        _ operation: @escaping @Sendable (Database) throws -> Answer
    ) async throws -> Answer {
        let (health, ballast, path) = (health, ballast, pool.path)
        return try await pool.writeWithoutTransaction { db in
            do {
                return try operation(db)
            } catch let error as DatabaseError {
                let isDiskFull = error.resultCode == .SQLITE_IOERR && ballast.isDiskFull
                throw DatabaseFault(error, isDiskFull: isDiskFull, isLacking: Self.isLacking(error, path))
                    .error(marking: health)
            }
        }
    }

    /// Whether SQLite could not open a file for lack of descriptors. Asks the folder: to close another descriptor of the
    /// database's own files would give up SQLite's locks.
    private static func isLacking(_ error: DatabaseError, _ path: String) -> Bool {
        error.resultCode == .SQLITE_CANTOPEN
            && StoreHealth.isLacking(in: URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false))
    }

    private func refillBallast(beforeTakingRoom: Bool) async throws {
        let ballast = ballast
        let isSpent = try await Blocking.run {
            ballast.refill()
            return ballast.isSpent
        }
        guard isSpent, beforeTakingRoom else { return }
        throw RegistryError(
            .storageFull, "the disk of the data folder is full; only deletes and decisions are taken until it has room")
    }
}
