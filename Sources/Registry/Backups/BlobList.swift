import Foundation
import GRDB
import RegistryTypes

/// The blobs that a database names, in the order of their digests.
enum BlobList {
    /// Calls `body` for every blob; reads in short steps.
    static func forEach(of database: some DatabaseReader, _ body: (BlobRecord) throws -> Void) throws {
        var last = Data()
        while true {
            let rows = try database.read { [last] db in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: "SELECT digest, size FROM blobs WHERE digest > ? ORDER BY digest LIMIT 1000"),
                    arguments: [last])
            }
            guard let end = rows.last else { return }
            for row in rows {
                try body(BlobRecord(sha256: row.checkedDigest("digest"), size: row.checked("size")))
            }
            last = try end.checked("digest")
        }
    }

    /// The digests of which the first byte is this one.
    static func digests(from prefix: UInt8, of database: some DatabaseReader) throws -> [Digest] {
        let upper = prefix == .max ? Data(repeating: 255, count: 33) : Data([prefix + 1])
        return try database.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT digest FROM blobs WHERE digest >= ? AND digest < ?"),
                arguments: [Data([prefix]), upper]
            ).map { try $0.checkedDigest("digest") }
        }
    }
}
