import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import Testing

/// Every operation of the contract by everybody: each role, scoped tokens, workers, jobs, strangers and nobody.
///
/// What an operation needs is what `x-permission` says, so that the contract is tried as well.
@Suite struct AuthorizationMatrixTests {
    /// Who may do what, as an answer shows it.
    enum Expectation {
        case allowed, forbidden, hidden, unauthenticated
    }

    /// Who tries.
    enum Actor: Hashable, Sendable, CustomStringConvertible {
        /// A role in the namespace; with a token of that role, or with one of the administrator and that scope.
        case role(Role, scoped: Bool)
        /// The administrator of the whole server.
        case root
        /// Somebody without a role in the namespace, by token.
        case outside(String)
        /// The token of the job that the path names.
        case job
        /// No token, a revoked one, one that never was, or something else.
        case unknown(String?)

        var description: String {
            switch self {
            case .role(let role, let scoped): scoped ? "root as \(role.rawValue)" : role.rawValue
            case .root: "root"
            case .outside(let name): name
            case .job: "job"
            case .unknown(let header): "unknown \(header?.prefix(12) ?? "")"
            }
        }

        /// Who has no right comes before who has one: what they do changes nothing.
        static let all: [Actor] =
            [nil, "Bearer", "Bearer assay_000000000000_\(String(repeating: "0", count: 64))", "Basic cm9vdDpyb290"]
            .map(Actor.unknown)
            + ["nobody", "stranger", "root elsewhere", "worker"].map(Actor.outside) + [.job]
            + Role.allCases.flatMap { [.role($0, scoped: true), .role($0, scoped: false)] } + [.root]
    }

    @Test func everyOperationHasATrialAndARight() throws {
        let operations = try Operation.all()
        let known = Set(operations.filter { $0.permission != nil }.map(\.name))
        let tried = Set(Trial.all.keys.map(Self.name))
        #expect(known.subtracting(tried).sorted() == [], "operations that nobody tries")
        #expect(tried.subtracting(known).sorted() == [], "trials of nothing")
        for operation in operations where operation.permission != nil {
            #expect(Self.right(operation) != nil, "\(operation.name): \(operation.permission ?? "")")
        }
        #expect(
            operations.filter { $0.permission == nil }.map(\.name) == [
                "GET /.well-known/assay-keys", "GET /api/v1/openapi.yaml", "GET /api/v1/schemas/reproduction-v1.json",
                "GET /healthz", "GET /metrics", "GET /readyz", "HEAD /healthz", "HEAD /readyz", "POST /oauth/token",
            ])
    }

    private static func name(_ short: String) -> String {
        short.replacing(" ", with: " /api/v1/", maxReplacements: 1)
    }

    /// What an operation needs.
    enum Right: Equatable {
        case anything, server, namespace(Permission), worker, job
    }

    private static func right(_ operation: Operation) -> Right? {
        guard let text = operation.permission else { return nil }
        switch text {
        case "any token": return .anything
        case "worker token": return .worker
        case "job token": return .job
        case "administer server-wide", "readLog server-wide", "own token, or administer server-wide": return .server
        default:
            let first = text.split(separator: ",")[0]
            return Permission.allCases.first { "\($0)" == first }.map(Right.namespace)
        }
    }

    private static func expectation(_ actor: Actor, _ right: Right, _ trial: Trial) -> Expectation {
        if case .unknown = actor { return .unauthenticated }
        switch right {
        case .anything: return .allowed
        case .server: return actor == .root ? .allowed : .forbidden
        case .worker: return actor == .outside("worker") ? .allowed : .forbidden
        case .job: return actor == .job ? .allowed : .forbidden
        case .namespace(let permission):
            if trial.isFiltered { return .allowed }
            switch actor {
            case .root: return .allowed
            case .role(let role, _): return permission.roles.contains(role) ? .allowed : .forbidden
            default: return .hidden
            }
        }
    }

    @Test func everybodyMayDoWhatTheContractSaysAndNoMore() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let world = try await MatrixWorld.make(session, server)
            _ = try await server.registry.signCheckpoint()
            var tried = 0
            for operation in try Operation.all() {
                guard let right = Self.right(operation),
                    let trial = Trial.all.first(where: { Self.name($0.key) == operation.name })?.value
                else { continue }
                for actor in Actor.all {
                    let response = try await Self.send(operation, trial, as: actor, world)
                    let expected = Self.expectation(actor, right, trial)
                    let label = "\(actor): \(operation.name): \(String(buffer: response.body).prefix(300))"
                    #expect(Self.fits(response, expected, trial), "expected \(expected): \(label)")
                    Self.expectNothingForeign(response, actor, right, trial, label)
                    tried += 1
                }
            }
            #expect(tried == Actor.all.count * Trial.all.count)
            print("authorisation matrix: \(Trial.all.count) operations x \(Actor.all.count) actors = \(tried) requests")
        }
    }

    private static func send(
        _ operation: Operation, _ trial: Trial, as actor: Actor, _ world: MatrixWorld
    ) async throws -> TestResponse {
        var headers: HTTPFields = [:]
        switch actor {
        case .unknown(let header): headers[.authorization] = header
        case .job:
            let word = world.jobTokens.keys.first { trial.path.contains($0) } ?? "JOB"
            headers[.authorization] = "Bearer \(try #require(world.jobTokens[word]))"
        default: headers[.authorization] = "Bearer \(try #require(world.session.tokens[actor.description]))"
        }
        if operation.name.hasPrefix("PUT"), trial.path.contains("uploads/") { headers[.contentRange] = "bytes 0-2/7" }
        let method = try #require(
            HTTPRequest.Method(rawValue: String(operation.name.prefix { $0 != " " })))
        return try await world.session.client.execute(
            uri: "/api/v1/" + world.filled(trial.path), method: method, headers: headers,
            body: trial.body.map { ByteBuffer(string: world.filled($0)) })
    }

    private static func fits(_ response: TestResponse, _ expected: Expectation, _ trial: Trial) -> Bool {
        switch expected {
        case .unauthenticated:
            // After many failures from one address.
            return response.status == .unauthorized || response.status == .tooManyRequests
        case .forbidden: return response.status == .forbidden
        case .hidden: return response.status == .notFound
        case .allowed:
            // What somebody may do can still not fit, such as rejecting what is rejected already.
            // Or it takes another person, whatever the rights.
            return response.status.code < 300 || response.problem?["code"]?.string == "four-eyes"
                || [.conflict, .preconditionFailed].contains(response.status)
                || (trial.mayBeMissing && [.notFound, .gone].contains(response.status))
        }
    }

    /// Who has no right in the namespace is told of nothing in it, in lists neither.
    private static func expectNothingForeign(
        _ response: TestResponse, _ actor: Actor, _ right: Right, _ trial: Trial, _ label: String
    ) {
        switch actor {
        case .outside, .job, .unknown: break
        default: return
        }
        guard trial.isFiltered || expectation(actor, right, trial) != .allowed else { return }
        let text = String(buffer: response.body)
        for word in ["house", "trained", "demo reader", "weights"] where !trial.path.contains(word) {
            #expect(!text.contains(word), "\(label) shows \(word)")
        }
    }

    /// Somebody without a role gets the same answer for what is there and for what is not.
    @Test func whatIsHiddenLooksLikeWhatIsNotThere() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let world = try await MatrixWorld.make(session, server)
            for operation in try Operation.all() {
                guard case .namespace? = Self.right(operation),
                    let trial = Trial.all.first(where: { Self.name($0.key) == operation.name })?.value,
                    !trial.isFiltered, trial.path.contains("demo") || trial.body?.contains("demo") == true
                else { continue }
                for actor in ["stranger", "nobody", "root elsewhere", "worker"].map(Actor.outside) {
                    var answers: [String] = []
                    for namespace in ["demo", "gone"] {
                        var other = trial
                        other.path = trial.path.replacing("demo", with: namespace)
                        other.body = trial.body?.replacing("demo", with: namespace)
                        let response = try await Self.send(operation, other, as: actor, world)
                        let detail = response.problem?["detail"]?.string ?? ""
                        answers.append("\(response.status.code) \(detail.replacing(namespace, with: "NAME"))")
                    }
                    #expect(Set(answers).count == 1, "\(actor): \(operation.name): \(answers)")
                }
            }
        }
    }

    /// Whose token may do everything in one namespace learns nothing by ids of another.
    @Test func foreignIdsAreNotFound() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let world = try await MatrixWorld.make(session, server)
            for (path, method) in [
                ("runs/RUN", HTTPRequest.Method.get), ("reproductions/REPRODUCTION", .get),
                ("reproductions/REPRODUCTION/log", .get), ("reproductions/REPRODUCTION/cancel", .post),
                ("reproductions/REPRODUCTION/statement", .get), ("reproductions/REPRODUCTION/report", .get),
                ("holds/HOLD/lift", .post), ("webhooks/HOOK", .get), ("webhooks/HOOK/deliveries", .get),
                ("webhooks/HOOK/secret", .post), ("namespaces/other/blobs/BLOB", .get),
                ("namespaces/other/blobs/SOURCE", .head), ("namespaces/other/uploads/UPLOAD", .get),
                ("namespaces/other/uploads/UPLOAD/complete", .post), ("namespaces/other/uploads/UPLOAD", .delete),
                ("models/other/house/versions/DIGEST", .get), ("lineage?ref=run:RUN", .get),
                ("lineage?ref=model:demo/house@DIGEST", .get),
                ("diff?left=model:demo/house:1&right=model:demo/house:1", .get),
            ] {
                for actor in ["stranger", "root elsewhere"] {
                    let response = try await world.session.send(method, world.filled(path), as: actor)
                    #expect(response.status == .notFound, "\(actor): \(path): \(String(buffer: response.body))")
                }
            }
        }
    }

    /// What somebody may do with a version is the same whether it waits, is approved, rejected, withdrawn or removed; only
    /// bytes depend on that, as below.
    @Test func rightsDoNotDependOnTheStateOfAVersion() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let world = try await MatrixWorld.make(session, server)
            var states: [(name: String, number: Int)] = []
            for (name, decisions) in [
                ("pending", []), ("approved", [Decision.approve]), ("rejected", [.reject]),
                ("withdrawn", [.approve, .withdraw]), ("removed", []),
            ] {
                let version = try await session.push("models/demo/house", "of the state \(name)")
                for decision in decisions { try await session.decide(decision, version) }
                states.append((name, version.number))
            }
            let removed = try #require(states.last?.number)
            #expect(
                try await session.send(.delete, "models/demo/house/versions/\(removed)", as: "admin").status.code < 300)
            _ = try await server.registry.signCheckpoint()
            var tried = 0
            for operation in try Operation.all() {
                guard let right = Self.right(operation), case .namespace(let permission) = right,
                    let trial = Trial.all.first(where: { Self.name($0.key) == operation.name })?.value,
                    trial.path.contains("models/demo/house/versions/1")
                else { continue }
                let onlyReads = operation.name.hasPrefix("GET") || operation.name.hasPrefix("HEAD")
                let isAboutBytes = [.readBytes, .readApprovedBytes].contains(permission)
                for (state, number) in states {
                    var other = trial
                    other.path = trial.path.replacing("house/versions/1", with: "house/versions/\(number)")
                    for actor in Actor.all {
                        let expected = Self.expectation(actor, right, trial)
                        guard expected != .allowed || (onlyReads && !isAboutBytes) else { continue }
                        // A deployer may fetch what is approved, so it is not refused by its role.
                        if isAboutBytes, case .role(.deployer, _) = actor { continue }
                        let response = try await Self.send(operation, other, as: actor, world)
                        let label =
                            "\(state): \(actor): \(operation.name): \(String(buffer: response.body).prefix(200))"
                        if expected == .allowed {
                            #expect(
                                ![401, 403].contains(response.status.code) && response.status.code < 500, "\(label)")
                        } else {
                            // Who may not fetch a version that is gone may be told either.
                            let isGone = isAboutBytes && state == "removed" && response.status == .gone
                            #expect(Self.fits(response, expected, trial) || isGone, "expected \(expected): \(label)")
                        }
                        tried += 1
                    }
                }
            }
            #expect(tried > 1000)
            print("authorisation by state: \(states.count) states, \(tried) requests")
        }
    }

    /// Bytes of a model version by the state that it is in.
    @Test func bytesAreServedByRoleAndState() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            let paths: [(HTTPRequest.Method, String)] = [
                (.get, "models/demo/house/versions/1/files/w.bin"), (.head, "models/demo/house/versions/1/files/w.bin"),
                (.get, "models/demo/house/versions/1/SHA256SUMS"),
                (.get, "models/demo/house/versions/\(version.digest)/files/w.bin"),
            ]
            func expect(_ state: String, readers: Int, deployer: Int) async throws {
                for (method, path) in paths {
                    for role in Role.allCases {
                        let expected =
                            role == .deployer
                            ? deployer : Permission.readBytes.roles.contains(role) ? readers : 403
                        let status = try await session.send(method, path, as: role.rawValue).status.code
                        // Who may not fetch a version that is gone may be told either.
                        let isGone = readers == 410 && status == 410
                        #expect(status == expected || isGone, "\(state): \(role): \(method) \(path)")
                    }
                    #expect(try await session.send(method, path, as: "stranger").status == .notFound, "\(state)")
                }
            }
            try await expect("pending", readers: 200, deployer: 403)
            try await session.decide(.approve, version)
            try await expect("approved", readers: 200, deployer: 200)
            try await session.decide(.withdraw, version)
            try await expect("withdrawn", readers: 200, deployer: 403)
            try await session.decide(.reject, version)
            try await expect("rejected", readers: 200, deployer: 403)
            #expect(
                try await session.send(.delete, "models/demo/house/versions/1", as: "admin").status.code < 300)
            try await expect("removed", readers: 410, deployer: 410)
        }
    }
}
