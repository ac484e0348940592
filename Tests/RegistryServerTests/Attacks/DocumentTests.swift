import Foundation
import HummingbirdTesting
import RegistryTypes
import Testing

/// Every operation that takes a document takes none with anything more, less or else in it, and fails over none.
@Suite struct DocumentTests {
    /// An operation with the document of its trial, and requests with others in its place.
    private struct Attempt: Sendable {
        let label: String
        let request: Data
        /// Whether the answer must be that the request is wrong.
        var isWrong = true
    }

    /// Sends what `attempts` makes for each operation that takes a document; returns what was answered wrongly.
    private func tryAll(
        _ attempts: @escaping @Sendable (AttackedRoute, JSONValue, [String: ContractSchema]) throws -> [Attempt],
        isRight: @escaping @Sendable (KeptConnection.Answer, Attempt) -> Bool
    ) async throws -> [String] {
        let server = try await TestServer()
        let result = Result()
        try await server.run { session in
            let world = try await MatrixWorld.make(session, server)
            let routes = try AttackedRoute.all(world)
            let wrong = try await KeptConnection.run(session.client.port) { connection in
                let schemas = try ContractSchema.all()
                var (wrong, tried, documents) = ([String](), 0, 0)
                for route in routes {
                    for document in try route.documents {
                        documents += 1
                        for attempt in try attempts(route, document, schemas) {
                            let answer = try connection.ask(attempt.request)
                            tried += 1
                            if !isRight(answer, attempt) {
                                wrong.append(
                                    "\(route.operation.name) \(attempt.label): \(answer.status) \(answer.text.prefix(300))"
                                )
                            }
                        }
                    }
                }
                print("documents: \(documents) of operations, \(tried) requests")
                #expect(documents > 35 && tried > documents)
                return wrong
            }
            await result.set(wrong)
        }
        return await result.wrong
    }

    private actor Result {
        var wrong: [String] = ["nothing was tried"]
        func set(_ wrong: [String]) { self.wrong = wrong }
    }

    private static func isRefused(_ answer: KeptConnection.Answer) -> Bool {
        (400..<500).contains(answer.status) && ![401, 403, 404, 405, 409].contains(answer.status)
            && answer.head.contains("application/problem+json")
    }

    @Test func bytesThatAreNoDocumentAreRefused() async throws {
        let wrong = try await tryAll { route, document, _ in
            try HostileDocuments.all(of: document.canonicalBytes()).map {
                Attempt(label: $0.name, request: route.request(body: $0.body))
            }
        } isRight: { answer, _ in
            Self.isRefused(answer)
        }
        #expect(wrong == [])
    }

    /// What an attacker would like to say of itself: Harbor's CVE-2019-16097 and its kin.
    private static let privileged = [
        "role", "roles", "admin", "isAdmin", "is_admin", "has_admin_role", "sysadmin_flag", "superuser", "permissions",
        "scope", "scopes", "id", "ID", "_id", "uuid", "createdBy", "created_by", "createdAt", "owner", "ownerID",
        "approvedBy", "approved", "approval", "approvals", "state", "status", "number", "digest", "flags", "namespace",
        "namespaceID", "principal", "actor", "user", "token", "secret", "password", "verdict", "verified", "signed",
        "statement", "removedAt", "isComplete", "decidedAt", "at", "override", "worker", "lease", "reservedFor",
        "_method", "__proto__", "constructor", "prototype", "$ref", "@type", "class", "Name", "Files", "Decision",
        "reason ", " reason", "reason\u{0}", "",
    ]

    @Test func aMemberThatTheContractDoesNotHaveIsRefused() async throws {
        let wrong = try await tryAll { route, document, schemas in
            let schema = route.operation.document.flatMap { schemas[$0] }
            let changed = ContractSchema.changing(document, schema) { value, schema in
                guard let members = value.object, let known = schema?.members else { return [] }
                return Self.privileged.filter { !known.contains($0) }.map { name in
                    .object(members.merging([name: "admin"]) { $1 })
                }
            }
            return try changed.map { path, document in
                let body = try document.canonicalBytes()
                return Attempt(
                    label: "\(path): \(String(decoding: body, as: UTF8.self).prefix(200))",
                    request: route.request(body: body))
            }
        } isRight: { answer, _ in
            answer.status == 400 && answer.text.contains("invalid-json")
        }
        #expect(wrong == [])
    }

    private static let others: [JSONValue] = [
        .null, true, 0, 1, -1, 1.5, 2_147_483_648, .number(9.3e18), .number(-1e308), "", "x", "..", "\u{0}", "-1",
        .string(String(repeating: "a", count: 70_000)), [], [[]], ["x"], [:], ["x": "y"],
    ]

    @Test func aValueOfAnotherTypeIsRefusedAndNoneEndsInAFailure() async throws {
        let wrong = try await tryAll { route, document, schemas in
            let schema = route.operation.document.flatMap { schemas[$0] }
            return try Self.others.flatMap { other in
                // The schema tells whether another type is wrong; where it has none, anything may stand.
                try [true, false].flatMap { isWrong in
                    try ContractSchema.changing(document, schema) { value, schema in
                        let isForeign = schema?.type != nil && other != .null && value.kind != other.kind
                        return isForeign == isWrong ? [other] : []
                    }.map { path, document in
                        Attempt(
                            label: "\(path): \(String(decoding: try other.canonicalBytes(), as: UTF8.self).prefix(30))",
                            request: route.request(body: try document.canonicalBytes()), isWrong: isWrong)
                    }
                }
            }
        } isRight: { answer, attempt in
            attempt.isWrong ? Self.isRefused(answer) : answer.status < 500
        }
        #expect(wrong == [])
    }

    @Test func depthAndSizeHaveLimitsToTheByte() async throws {
        let wrong = try await tryAll { route, document, _ in
            let body = try document.canonicalBytes()
            let small = 1 << 20
            let takesMore = route.path.hasSuffix("/versions") || route.path.hasSuffix("/result")
            return [32, 33].map { levels in
                Attempt(
                    label: "\(levels) levels", request: route.request(body: HostileDocuments.deep(levels, body)))
            }
                + [0, 1].filter { _ in !takesMore }.map { more in
                    // White space: the document is one that is taken, or refused for what it says.
                    let padded = body + Data(repeating: 0x20, count: small + more - body.count)
                    return Attempt(label: "1 MiB and \(more)", request: route.request(body: padded), isWrong: more == 1)
                }
        } isRight: { answer, attempt in
            switch attempt.label {
            case "32 levels": answer.status == 400 && answer.text.contains("unknown member")
            case "33 levels": answer.status == 400 && answer.text.contains("nested deeper than 32 levels")
            default: (answer.status == 413) == attempt.isWrong && answer.status < 500
            }
        }
        #expect(wrong == [])
    }
}

extension JSONValue {
    /// What JSON calls the value.
    fileprivate var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
