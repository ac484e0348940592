import BlobStore
import Foundation
import GRDB
import RegistryTypes

extension Fsck {
    private static let pushAdvice =
        "push the same file again: a pull names the version, and whoever has the bytes repairs it"

    /// Every row of a blob has a file of its length and, where data is read, of its digest (invariant I2).
    mutating func checkBlobs() throws {
        let database = database
        try BlobList.forEach(of: database) { try checkBlob($0.sha256, size: $0.size) }
    }

    private mutating func checkBlob(_ digest: Digest, size: Int64) throws {
        report.blobs += 1
        report.blobBytes += size
        if let problem = try problem(of: digest, size: size), try isKnown(digest) {
            let detail =
                switch problem {
                case .missing: "its \(size) bytes are not in the store"
                case .wrongLength: "the file does not have its \(size) bytes"
                case .wrongBytes: "the \(size) bytes have another digest"
                case .unreadable: "the disk does not give its \(size) bytes"
                }
            find("blob:\(digest)", FsckFinding.Problem(problem), detail, Self.pushAdvice)
        }
        if !report.readData { try advance(1) }
    }

    private mutating func problem(of digest: Digest, size: Int64) throws -> BlobProblem? {
        guard report.readData else { return blobs.damage(of: digest, size: size)?.problem }
        return try blobs.readingDamage(of: digest, size: size) { try advance($0) }?.problem
    }

    /// A blob that was collected while it was looked at is no finding.
    private func isKnown(_ digest: Digest) throws -> Bool {
        try database.read { db in
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM blobs WHERE digest = ?)"),
                arguments: [Data(digest.bytes)]) ?? false
        }
    }

    /// Every file of the store has a row; one that has none is named, never deleted.
    mutating func checkFiles() throws {
        for prefix in UInt8.min...UInt8.max {
            let folder = "\(blobs.blobs)/\(Hex.encode([prefix]))"
            // Files first, rows second: what is published between the two has its row.
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
                find(
                    "file:\(folder)", .missing, "the folder cannot be read",
                    "start the server once: it makes the folder")
                continue
            }
            guard !names.isEmpty else { continue }
            let known = Set(try BlobList.digests(from: prefix, of: database).map(\.hex))
            for name in names.sorted() {
                report.files += 1
                let path = "\(folder)/\(name)"
                guard !known.contains(name), !isYoung(path) else { continue }
                find(
                    "file:\(path)", .orphan, "no blob is recorded for it",
                    "nothing refers to it; it was left by a push that did not end, and may be moved away")
            }
            try advance(0)
        }
    }

    private func isYoung(_ path: String) -> Bool {
        guard grace > 0, let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let time = attributes[.modificationDate] as? Date
        else { return false }
        return Date().timeIntervalSince(time) < grace
    }
}

extension FsckFinding.Problem {
    /// The finding for a problem of a blob.
    init(_ problem: BlobProblem) {
        self =
            switch problem {
            case .missing: .missing
            case .wrongLength: .wrongLength
            case .wrongBytes: .wrongBytes
            case .unreadable: .unreadable
            }
    }
}
