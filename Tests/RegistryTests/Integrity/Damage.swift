import BlobStore
import Foundation
import Registry
import RegistryTypes

/// Damages files behind the registry's back.
enum Damage {
    /// Changes one byte of a file.
    static func flip(_ path: String, at offset: Int, by mask: UInt8 = 0x01) throws {
        chmod(path, 0o640)
        let file = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(offset))
        let byte = try file.read(upToCount: 1)?.first ?? 0
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data([byte ^ mask]))
    }

    /// Cuts a file short.
    static func cut(_ path: String, to length: UInt64) throws {
        chmod(path, 0o640)
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.truncate(atOffset: length)
        try file.close()
    }
}

extension TestRegistry {
    /// A server-wide check that is carried out at once.
    func fsck(readData: Bool = true) async throws -> FsckReport {
        _ = try await registry.requestFsck(RequestFsck(readData: readData), as: admin)
        guard let report = try await registry.carryOutUpkeep()?.fsck else {
            throw RegistryError(.internalError, "no report")
        }
        return report
    }

    /// A backup that is made at once.
    func backUp(_ request: RequestBackup = RequestBackup()) async throws -> BackupReport {
        _ = try await registry.requestBackup(request, as: admin)
        let record = try await registry.carryOutUpkeep()
        guard let report = record?.backup else {
            throw RegistryError(.internalError, "no backup: \(record?.explanation ?? "")")
        }
        return report
    }

    /// Reads all blobs from the disk, whenever they were read last; returns how many.
    @discardableResult func scrub() async throws -> Int {
        try await registry.scrub(checkedBefore: .max, pace: { _ in })
    }

    /// The bytes of a blob, as the namespace gets them.
    func bytes(of file: ArtifactFile) async throws -> Data {
        let reader = try await registry.openBlob(file.sha256, in: namespace, as: pusher)
        var data = Data(count: Int(file.size))
        let read = VerifiedRead(reader)
        _ = try data.withUnsafeMutableBytes { try read.read(into: $0) }
        return data
    }

    /// The actions of the audit log about an object, in their order.
    func actions(on object: String) async throws -> [String] {
        try await registry.auditEntries(after: -1, limit: 10_000).map(\.entry)
            .filter { $0["object"]?.string == object }.compactMap { $0["action"]?.string }
    }

    /// The names of the files in quarantine.
    var quarantined: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: registry.blobs.quarantined)) ?? []
    }
}
