import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import Synchronization
import Testing

/// Messages to receivers on this machine that behave well, badly and strangely.
@Suite struct WebhookSenderTests {
    /// What a receiver saw.
    private final class Seen: Sendable {
        struct Message: Sendable {
            let path: String
            let headers: HTTPFields
            let body: String
        }

        private let messages = Mutex<[Message]>([])
        var all: [Message] { messages.withLock { $0 } }
        func add(_ message: Message) { messages.withLock { $0.append(message) } }
    }

    /// Runs a receiver that answers with what the path asks for.
    private static func withReceiver(_ test: @escaping @Sendable (Int, Seen) async throws -> Void) async throws {
        let seen = Seen()
        let router = Router()
        router.post("**") { request, _ in
            let body = String(buffer: try await request.body.collect(upTo: 1 << 20))
            seen.add(.init(path: request.uri.path, headers: request.headers, body: body))
            switch request.uri.path {
            case "/redirect":
                return Response(status: .temporaryRedirect, headers: [.location: "http://127.0.0.1:1/secret"])
            case "/later": return Response(status: .tooManyRequests, headers: [.retryAfter: "77"])
            case "/gone": return Response(status: .gone)
            case "/broken": return Response(status: .internalServerError)
            case "/endless":
                return Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        while true { try await writer.write(ByteBuffer(repeating: 0x61, count: 1 << 16)) }
                    })
            case "/hanging":
                try await Task.sleep(for: .seconds(3))
                return Response(status: .ok)
            default: return Response(status: .noContent)
            }
        }
        try await Application(router: router).test(.live) { client in
            try await test(try #require(client.port), seen)
        }
    }

    /// A message of a real webhook to an address.
    private static func delivery(to url: String) async throws -> DueDelivery {
        let server = try await TestServer()
        let admin = try await server.registry.authenticate(#require(server.tokens["root"]), requestID: "t")
        let hook = try await server.registry.createWebhook(
            CreateWebhook(url: url, events: ["*"]), check: { _ in }, as: admin
        ).webhook
        _ = try await server.registry.testWebhook(hook.id, as: admin)
        return try #require(try await server.registry.dueDelivery(of: hook.id))
    }

    private static func sender(
        deadline: Duration = .seconds(15),
        lookup: @escaping @Sendable (String) async -> [IPAddress] = HostLookup.addresses
    ) throws -> WebhookSender {
        WebhookSender(
            rules: try OutboundRules(allowing: ["127.0.0.1"], lookup: lookup), deadline: deadline
        ) { 1_700_000_000_000 }
    }

    @Test func theMessageIsThatOfStandardWebhooks() async throws {
        try await Self.withReceiver { port, seen in
            let delivery = try await Self.delivery(to: "http://127.0.0.1:\(port)/hook?token=x")
            let result = try await Self.sender().send(delivery)
            #expect(result.attempt.problem == nil && result.attempt.status == 204)
            let message = try #require(seen.all.first)
            func header(_ name: String) throws -> String? { message.headers[try #require(HTTPField.Name(name))] }
            #expect(try header("webhook-id") == delivery.event)
            #expect(try header("webhook-timestamp") == "1700000000")
            #expect(
                try header("webhook-signature")
                    == delivery.secrets[0].signature(
                        id: delivery.event, timestamp: 1_700_000_000, body: message.body.utf8))
            #expect(message.headers[.contentType] == "application/json")
            #expect(message.headers[.authorization] == nil && message.headers[.cookie] == nil)
            #expect(try JSONParser.parse(message.body.utf8)["type"]?.string == "webhook.test")
        }
    }

    @Test(arguments: [
        ("redirect", 307, "redirects are not followed"), ("later", 429, "429"), ("gone", 410, "no more"),
        ("broken", 500, "500"),
    ])
    func whatIsNoSuccessIsAProblem(path: String, status: Int, word: String) async throws {
        try await Self.withReceiver { port, seen in
            let result = try await Self.sender().send(Self.delivery(to: "http://127.0.0.1:\(port)/\(path)"))
            #expect(result.attempt.status == status)
            #expect(result.attempt.problem?.contains(word) == true)
            #expect(result.retryAfter == (status == 429 ? 77 : nil))
            #expect(seen.all.count == 1)
        }
    }

    @Test func anEndlessAnswerIsNotRead() async throws {
        try await Self.withReceiver { port, _ in
            let result = try await Self.sender().send(Self.delivery(to: "http://127.0.0.1:\(port)/endless"))
            #expect(result.attempt.status == 200 && result.attempt.problem == nil)
        }
    }

    @Test func aReceiverThatHangsIsLeft() async throws {
        try await Self.withReceiver { port, _ in
            let result = try await Self.sender(deadline: .seconds(1))
                .send(Self.delivery(to: "http://127.0.0.1:\(port)/hanging"))
            #expect(result.attempt.status == nil)
            #expect(result.attempt.problem?.contains("no answer") == true)
        }
    }

    @Test func whereNobodyListensIsAProblemWithoutTheAddress() async throws {
        let result = try await Self.sender().send(Self.delivery(to: "http://127.0.0.1:1/secret"))
        #expect(result.attempt.problem == "it cannot be reached")
    }

    /// A name that means another address a moment later, as with a name server of the attacker: the address that was
    /// checked is the one that is connected to, and the name is asked for once.
    @Test func theAddressThatWasCheckedIsTheOneConnectedTo() async throws {
        try await Self.withReceiver { port, seen in
            let asked = Mutex(0)
            let rebinding: @Sendable (String) async -> [IPAddress] = { _ in
                let count = asked.withLock { count in
                    count += 1
                    return count
                }
                return [IPAddress(count == 1 ? "127.0.0.1" : "127.0.0.2")].compactMap(\.self)
            }
            // The system knows no such host: that a message arrives shows where the connection went.
            let delivery = try await Self.delivery(to: "http://rebinding.invalid:\(port)/hook")
            let sender = try Self.sender(lookup: rebinding)
            let first = await sender.send(delivery)
            #expect(first.attempt.problem == nil)
            #expect(asked.withLock { $0 } == 1)
            #expect(seen.all.count == 1)
            // By now the name means an address that is not allowed.
            let result = await sender.send(delivery)
            #expect(result.attempt.problem?.contains("webhook-allow") == true)
            #expect(seen.all.count == 1)
        }
    }
}
