import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes

extension TestRegistry {
    /// A caller with roles in a namespace; the principal is made.
    func caller(_ name: String, _ roles: [Role], in namespace: ResourceName? = nil) async throws -> Caller {
        let token = try await registry.createToken(
            CreateToken(principal: name, roles: roles, namespace: namespace ?? self.namespace), as: admin)
        return try await registry.authenticate(token.token, requestID: "t")
    }

    /// Makes a namespace with one pusher.
    func namespace(_ name: String, pusher: String) async throws -> (name: ResourceName, pusher: Caller) {
        let name = try ResourceName(name)
        _ = try await registry.createNamespace(name, as: admin)
        return (name, try await caller(pusher, [.pusher], in: name))
    }

    /// Uploads bytes to a namespace and names them as a file.
    func file(
        _ path: String, _ text: String, in namespace: ResourceName, as caller: Caller
    ) async throws -> ArtifactFile {
        let data = Data(text.utf8)
        let upload = try registry.blobs.beginUpload()
        try data.withUnsafeBytes { try upload.write($0) }
        let (blob, _) = try await registry.finishUpload(
            upload, expecting: Digest.of(data), size: Int64(data.count), in: namespace, as: caller)
        return ArtifactFile(path: try ArtifactPath(path), size: blob.size, sha256: blob.sha256)
    }

    /// Records a dataset version with one file.
    @discardableResult func dataset(_ name: String, _ text: String) async throws -> VersionSummary {
        try await registry.createDatasetVersion(
            CreateDatasetVersion(files: [try await file("data.csv", Data(text.utf8))]), of: QualifiedName(name),
            as: pusher
        ).version
    }

    /// Decides about a version as the approver.
    @discardableResult
    func decide(_ decision: Decision, _ version: VersionSummary) async throws -> ApprovalRecord {
        try await registry.decide(
            DecideVersion(decision: decision, digest: version.digest),
            about: VersionReference(name: version.name, selector: .number(version.number)), as: approver)
    }

    /// A source whose bundle is uploaded: a commit over an empty tree, told apart by its message.
    func source(_ message: String) async throws -> Recipe.Source {
        func object(_ type: GitObjectType, _ content: Data) -> Data { Data(type.header(size: content.count)) + content }
        func name(_ object: Data) -> GitObjectID {
            var hasher = GitObjectHasher(.sha1)
            object.withUnsafeBytes { hasher.update($0) }
            return hasher.finish()
        }
        let tree = object(.tree, Data())
        let person = "A <a@example.org> 1700000000 +0000"
        let text = "tree \(name(tree).hex)\nauthor \(person)\ncommitter \(person)\n\n\(message)\n"
        let commit = object(.commit, Data(text.utf8))
        let bundle = try await file("bundle", commit + tree)
        return Recipe.Source(
            url: "https://git.example/\(message)", commit: try GitCommit(name(commit).hex), subfolder: "",
            bundle: bundle.sha256)
    }

    /// Changes the database behind the registry's back, for states that no operation here makes.
    func execute(_ sql: String, _ arguments: StatementArguments = StatementArguments()) async throws {
        let queue = try DatabaseQueue(path: folder + "/meta.db")
        try await queue.write { try $0.execute(sql: sql, arguments: arguments) }
        try queue.close()
    }
}

/// Fetches a list page after page.
func everyPage<Item: Sendable>(
    _ limit: Int, _ fetch: (PageRequest) async throws -> Page<Item>
) async throws -> [Item] {
    var items: [Item] = []
    var cursor: String?
    repeat {
        let page = try await fetch(PageRequest(limit: limit, cursor: cursor))
        items += page.items
        cursor = page.nextCursor
    } while cursor != nil
    return items
}
