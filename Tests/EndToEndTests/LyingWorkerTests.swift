import Foundation
import RegistryTypes
import Testing

/// Workers that lie, come late, claim twice or vanish, request by request over HTTP. The server has none of its own.
@Suite(.serialized, .enabled(if: Project.canRun)) struct LyingWorkerTests {
    /// What the original's training wrote, and what it did not.
    private static let weights = "w.safetensors"
    private static let other = Data("these are no weights".utf8)

    /// Runs a server with the version `tide/base:1`.
    private func run(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
        let scratch = try Scratch()
        try await World.run(scratch, environment: ["ASSAY_WORKER": "off"]) { world in
            try await VerdictTableTests.push(
                .init(name: "base", script: "weights([1])", outputs: VerdictTable.onlyWeights, code: 0, verdict: ""),
                in: world)
            try await body(world)
        }
    }

    private func original(_ world: World) async throws -> JSONValue {
        let files = try await world.http("GET", "models/tide/base/versions/1").json["files"]?.array
        return try #require(files?.first { $0["path"]?.string == Self.weights })
    }

    /// A worker that was killed while it waited for a job: nobody is given one in its place.
    @Test func whoHasLeftGetsNoJob() async throws {
        try await run { world in
            let token = try await WorkerByHand.enlist("gone", in: world)
            let waited = try await world.shell(
                """
                curl -s -m 2 -H "Authorization: Bearer \(token)" -H 'Content-Type: application/json' \
                    -d '{"labels":{},"waitSeconds":20}' $ASSAY_URL/api/v1/jobs/claim
                """)
            #expect(waited.code == 28, "\(waited)")
            let asked = try await world.assay("reproduce", "tide/base:1", "--no-wait")
            try #require(asked.code == 0, "\(asked)")
            let job = try #require(try await WorkerByHand.take(WorkerByHand.enlist("here", in: world), in: world))
            let record = try await world.http("GET", "reproductions/\(job.id)").json
            #expect(record["attempts"]?.int == 1, "\(record)")
        }
    }

    @Test func whoLiesAboutBytesIsRefused() async throws {
        try await run { world in
            let job = try await WorkerByHand.claim(in: world)
            let original = try await original(world)
            let digest = try Digest("sha256:" + #require(original["sha256"]?.string))
            // Other bytes under the original's digest.
            let forged = try await job.upload(Self.other, claiming: digest)
            #expect(forged.status == 422 && forged.code == "digest-mismatch", "\(forged.text)")
            // The original's digest, which everybody knows who may see the version, without its bytes.
            let named = String(decoding: try original.canonicalBytes(), as: UTF8.self)
            let claimed = try await job.report(#"{"outputs":[\#(named)],"facts":{}}"#)
            #expect(claimed.status == 422 && claimed.code == "blob-unknown", "\(claimed.text)")
            // As a log it would be readable for whoever may read logs.
            let log = try await job.report(#"{"outputs":[],"facts":{},"failure":"signal","log":"\#(digest)"}"#)
            #expect(log.status == 422 && log.code == "blob-unknown", "\(log.text)")
            // The original's bytes are not given out, nor told from others by an answer to HEAD.
            #expect(try await job.http("GET", "/blobs/\(digest)").status == 404)
            #expect(try await job.http("HEAD", "/blobs/\(digest)").status == 404)
            let file = try await job.send(Self.other, as: Self.weights)
            let lies = [
                #"{"outputs":[\#(file)],"facts":{},"failure":"all-is-well"}"#,
                #"{"outputs":[],"facts":{},"notVerifiable":"exit-code"}"#,
                #"{"outputs":[],"facts":{},"failure":"signal","notVerifiable":"no-recipe"}"#,
                #"{"outputs":[],"facts":{},"failure":"signal","explanation":"\#(String(repeating: "x", count: 20_000))"}"#,
                #"{"outputs":[\#(file.replacing(Self.weights, with: "more.bin"))],"facts":{}}"#,
                #"{"outputs":[\#(file),\#(file)],"facts":{}}"#,
                #"{"outputs":[\#(file.replacing(Self.weights, with: "../w.safetensors"))],"facts":{}}"#,
                #"{"outputs":[\#(file)],"facts":{},"verdict":{"verdict":"bit-identical"}}"#,
            ]
            for lie in lies {
                let answer = try await job.report(lie)
                #expect(answer.status == 400, "\(lie): \(answer.text)")
            }
            let unasked = try await job.report(#"{"outputs":[],"facts":{},"failure":"cancelled"}"#)
            #expect(unasked.status == 409, "\(unasked.text)")
            // None of it ended the job; what is judged are the bytes that came.
            #expect(try await job.report(#"{"outputs":[\#(file)],"facts":{"ending":"bit-identical"}}"#).status == 204)
            #expect(try await world.end(of: job.id)?["verdict"]?.string == "diverged")
        }
    }

    @Test func whoComesLateOrTwiceChangesNothing() async throws {
        try await run { world in
            let token = try await WorkerByHand.enlist("first", in: world)
            let second = try await WorkerByHand.enlist("second", in: world)
            let asked = try await world.assay("reproduce", "tide/base:1", "--no-wait")
            // Of many claims at once one has the job.
            let answers = try await withThrowingTaskGroup(of: WorkerByHand?.self) { group in
                for number in 0..<8 {
                    group.addTask { try await WorkerByHand.take(number % 2 == 0 ? token : second, in: world) }
                }
                return try await group.reduce(into: [WorkerByHand]()) { if let job = $1 { $0.append(job) } }
            }
            #expect(answers.map(\.id) == [asked.output.trimmingCharacters(in: .whitespacesAndNewlines)])
            let lost = try #require(answers.first)
            // It gives the job up, and the other one has it; from now on it is too late for the first.
            #expect(try await lost.http("POST", "/return", body: #"{"wasStopped":false}"#).status == 204)
            let job = try #require(try await WorkerByHand.take(second, in: world))
            let report = #"{"outputs":[],"facts":{},"failure":"signal"}"#
            for (path, body) in [
                ("/result", report), ("/heartbeat", #"{"phase":"running"}"#), ("/return", #"{"wasStopped":true}"#),
                ("/log", "late"),
            ] {
                let answer = try await lost.http("POST", path, body: body)
                #expect([401, 409].contains(answer.status), "\(path): \(answer.text)")
            }
            #expect([401, 409].contains(try await lost.upload(Self.other, claiming: Digest.of(Self.other)).status))
            let file = try await job.send(Self.other, as: Self.weights)
            let result = #"{"outputs":[\#(file)],"facts":{}}"#
            #expect(try await job.report(result).status == 204)
            // The same report once more, as after a lost answer, and another one.
            #expect(try await job.report(result).status == 204)
            #expect(try await job.report(report).status == 204)
            #expect(try await world.end(of: job.id)?["verdict"]?.string == "diverged")
            #expect(try await WorkerByHand.take(token, in: world) == nil)
        }
    }

    @Test func aWorkerThatVanishesAgainAndAgainEndsTheJob() async throws {
        try await run { world in
            let job = try await WorkerByHand.claim(in: world)
            #expect(try await job.http("POST", "/return", body: #"{"wasStopped":false}"#).status == 204)
            let token = try await WorkerByHand.enlist("again", in: world)
            for _ in 1...2 {
                let next = try #require(try await WorkerByHand.take(token, in: world))
                #expect(next.id == job.id)
                #expect(try await next.http("POST", "/return", body: #"{"wasStopped":false}"#).status == 204)
            }
            // No worker asks any more: the server ends it by itself.
            #expect(try await world.end(of: job.id)?["reason"]?.string == "worker-lost")
        }
    }

    @Test func aJobThatNobodyTakesSaysSo() async throws {
        try await run { world in
            _ = try await WorkerByHand.enlist("lab", in: world)
            let waits = try await world.assay("reproduce", "tide/base:1", "--no-wait")
            #expect(waits.code == 0 && waits.error.contains("No worker is connected. Known are: lab."), "\(waits)")
            let check = try await world.assay("reproduce", "tide/base:1", "--check")
            #expect(check.code == 0 && check.output.contains("weakens (worker-away)"), "\(check)")
            let project = try await world.assay("run", world.scratch.path + "/base", "--check")
            #expect(project.code == 0 && project.output.contains("weakens (worker-away)"), "\(project)")
            let token = try await WorkerByHand.enlist("gpus", in: world)
            #expect(try await WorkerByHand.ask(token, labels: #"{"gpu":"v100"}"#, in: world).status == 200)
            let connected = try await world.assay("reproduce", "tide/base:1", "--check")
            #expect(!connected.output.contains("worker-away"), "\(connected)")
            // The last worker goes: those that still wait end, and new ones need not wait.
            for name in ["lab", "gpus"] { _ = try await world.assay("worker", "remove", name, as: .admin) }
            let id = waits.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await world.end(of: id)?["reason"]?.string == "executor-unavailable")
        }
    }
}
