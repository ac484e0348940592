import Foundation
import RegistryTypes
import Testing

/// A worker that the tests play themselves, request by request: the only kind that can lie, come late or vanish at will.
struct WorkerByHand: Sendable {
    let world: World
    /// The reproduction.
    let id: String
    private let token: String

    /// Makes a worker and returns its token.
    static func enlist(_ name: String, in world: World) async throws -> String {
        let made = try await world.assay("worker", "create", name, as: .admin)
        try #require(made.code == 0, "\(made)")
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Asks for a job with a worker's token.
    static func ask(_ token: String, labels: String = "{}", in world: World) async throws -> Answer {
        try await world.http(
            "POST", "jobs/claim", as: nil, body: #"{"labels":\#(labels)}"#, headers: ["Authorization: Bearer \(token)"])
    }

    /// Asks for a reproduction of `tide/base:1` and takes the job, as a new worker.
    static func claim(in world: World, as name: String = "hand") async throws -> WorkerByHand {
        let token = try await enlist(name, in: world)
        let asked = try await world.assay("reproduce", "tide/base:1", "--no-wait")
        try #require(asked.code == 0, "\(asked)")
        return try #require(try await take(token, in: world))
    }

    /// Takes the oldest job that waits; nil if there is none.
    static func take(_ token: String, in world: World) async throws -> WorkerByHand? {
        let job = try await ask(token, in: world).json["job"]
        guard let id = job?["id"]?.string, let secret = job?["token"]?.string else { return nil }
        return WorkerByHand(world: world, id: id, token: secret)
    }

    /// Sends a request of the job.
    func http(_ method: String, _ path: String, body: String? = nil, file: String? = nil) async throws -> Answer {
        try await world.http(
            method, "jobs/\(id)" + path, as: nil, body: body, file: file, headers: ["Authorization: Bearer \(token)"])
    }

    /// Uploads an output under a digest, its own unless it lies, and returns what the report says of it.
    func send(_ bytes: Data, as path: String, claiming digest: Digest? = nil) async throws -> String {
        let digest = digest ?? Digest.of(bytes)
        let answer = try await upload(bytes, claiming: digest)
        try #require(answer.status == 201, "\(answer.text)")
        return #"{"path":"\#(path)","size":\#(bytes.count),"sha256":"\#(digest.hex)","#
            + #""mediaType":"application/octet-stream","mode":"file"}"#
    }

    /// Uploads bytes under a digest.
    func upload(_ bytes: Data, claiming digest: Digest) async throws -> Answer {
        let file = try world.scratch.write("by-hand-\(UUID())", bytes)
        return try await http("PUT", "/blobs/\(digest)", file: file)
    }

    /// Reports how it went.
    func report(_ result: String) async throws -> Answer { try await http("POST", "/result", body: result) }
}
