import BlobStore
import Foundation
import Registry
import RegistryTypes
import Synchronization

/// A registry on a fresh folder with the namespace `demo`, a pusher, an approver and a deployer.
final class TestRegistry: Sendable {
    /// Time stands still until a test moves it.
    final class ManualClock: Sendable {
        let now = Mutex<Int64>(1_700_000_000_000)
    }

    let folder: String
    /// Where backups go.
    let backups: String
    let clock = ManualClock()
    let registry: ModelRegistry
    let admin: Caller
    let pusher: Caller
    let approver: Caller
    let deployer: Caller
    let namespace: ResourceName

    /// Goes with its contents when nobody uses it any more. The registry holds it too, by its clock: SQLite calls it a disk
    /// I/O error if the folder goes while somebody still reads.
    private final class Folders: Sendable {
        let paths: [String]

        init(_ paths: [String]) { self.paths = paths }

        deinit { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    }

    init(
        collectionGrace: Int64 = ModelRegistry.usualCollectionGrace, jobLimits: JobLimits = JobLimits()
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "assay-registry-\(UUID())").path
        backups = folder + "-backups"
        let folders = Folders([folder, backups])
        let registry = try ModelRegistry(
            dataFolder: folder, backups: backups, collectionGrace: collectionGrace, jobLimits: jobLimits,
            clock: { [clock] in withExtendedLifetime(folders) { clock.now.withLock { $0 } } })
        self.registry = registry
        guard let first = try await registry.bootstrap() else { throw RegistryError(.internalError, "not empty") }
        let admin = try await registry.authenticate(first.revealed, requestID: "t")
        let namespace = try ResourceName("demo")
        _ = try await registry.createNamespace(namespace, as: admin)
        @Sendable func caller(_ name: String, _ role: Role) async throws -> Caller {
            let token = try await registry.createToken(
                CreateToken(principal: name, roles: [role], namespace: namespace), as: admin)
            return try await registry.authenticate(token.token, requestID: "t")
        }
        self.admin = admin
        self.namespace = namespace
        pusher = try await caller("ci", .pusher)
        approver = try await caller("ann", .approver)
        deployer = try await caller("deploy", .deployer)
    }

    /// Copies the folder as a crash would leave it, and opens a registry on the copy.
    func restart(_ body: (ModelRegistry) async throws -> Void) async throws {
        let copy = folder + "-restarted"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        let registry = try ModelRegistry(dataFolder: copy, clock: { [clock] in clock.now.withLock { $0 } })
        try await body(registry)
        try registry.close()
    }

    /// Uploads bytes and names them as a file.
    func file(_ path: String, _ data: Data) async throws -> ArtifactFile {
        let upload = try registry.blobs.beginUpload()
        try data.withUnsafeBytes { try upload.write($0) }
        let (blob, _) = try await registry.finishUpload(
            upload, expecting: Digest.of(data), size: Int64(data.count), in: namespace, as: pusher)
        return ArtifactFile(path: try ArtifactPath(path), size: blob.size, sha256: blob.sha256)
    }

    /// Pushes a version without a recipe.
    func push(_ name: String, _ files: [ArtifactFile], metrics: [Metric] = [], inputs: [RunInput]? = nil) async throws
        -> VersionSummary
    {
        let run = RunDescription(kind: .import, inputs: inputs, metrics: metrics)
        return try await registry.pushVersion(
            CreateModelVersion(files: files, run: run), of: QualifiedName(name), as: pusher
        ).version
    }
}
