import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import Testing

@Suite struct WebhookRouteTests {
    private static func body(_ url: String) -> String {
        #"{"url":"\#(url)","namespace":"demo","events":["alias.*"]}"#
    }

    /// A secret is in the answer that makes it, and in no other.
    @Test func theSecretIsShownOnce() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let made = try await session.fetch(
                WebhookWithSecret.self, .post, "webhooks", as: "admin", Self.body("https://1.1.1.1/hook"))
            #expect(made.secret.hasPrefix("whsec_"))
            let path = "webhooks/\(made.webhook.id)"
            for place in [path, "webhooks", "\(path)/deliveries", "audit?namespace=demo", "events"] {
                let response = try await session.send(.get, place, as: "admin")
                #expect(response.status == .ok, "\(place)")
                #expect(!String(buffer: response.body).contains(String(made.secret.dropFirst(6))), "\(place)")
            }
        }
    }

    @Test(arguments: [
        "http://127.0.0.1/", "https://127.0.0.1/", "https://0x7f.1/", "https://2130706433/", "https://[::1]/",
        "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://169.254.169.254/", "https://10.0.0.1/",
        "http://1.1.1.1/", "https://0/",
    ])
    func theServerIsNotMadeToSendIntoItsOwnNetwork(url: String) async throws {
        let server = try await TestServer()
        try await server.run { session in
            let response = try await session.send(.post, "webhooks", as: "admin", Self.body(url))
            #expect(response.code == "outbound-refused", "\(String(buffer: response.body))")
            let made = try await session.fetch(
                WebhookWithSecret.self, .post, "webhooks", as: "admin", Self.body("https://1.1.1.1/hook"))
            let changed = try await session.send(
                .put, "webhooks/\(made.webhook.id)", as: "admin", #"{"url":"\#(url)"}"#)
            #expect(changed.code == "outbound-refused")
            let kept = try await session.fetch(WebhookRecord.self, .get, "webhooks/\(made.webhook.id)", as: "admin")
            #expect(kept.url == "https://1.1.1.1/hook")
            let log = String(buffer: try await session.send(.get, "audit?namespace=demo", as: "admin").body)
            #expect(log.contains("webhook.create.refuse") && log.contains("outbound-refused"))
        }
    }

    @Test(arguments: [
        (#"{"url":"file:///etc/passwd","events":["*"]}"#, "invalid-request"),
        (#"{"url":"https://u:p@1.1.1.1/","events":["*"]}"#, "invalid-request"),
        (#"{"url":"https://1.1.1.1/","events":[]}"#, "invalid-request"),
        (#"{"url":"https://1.1.1.1/","events":["alias.moved"]}"#, "invalid-request"),
        (#"{"url":"https://1.1.1.1/","events":["*"],"secret":"mine"}"#, "invalid-json"),
        (#"{"url":"https://1.1.1.1/","events":"*"}"#, "invalid-json"), (#"{"events":["*"]}"#, "invalid-json"),
    ])
    func whatIsWrongIsRefused(body: String, code: String) async throws {
        let server = try await TestServer()
        try await server.run { session in
            let response = try await session.send(.post, "webhooks", as: "root", body)
            #expect(response.code == code)
        }
    }

    /// One of the whole server is hidden from who administers a namespace.
    @Test func aWebhookOfTheServerIsForItsAdministrators() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let made = try await session.fetch(
                WebhookWithSecret.self, .post, "webhooks", as: "root", #"{"url":"https://1.1.1.1/","events":["*"]}"#)
            let path = "webhooks/\(made.webhook.id)"
            #expect(try await session.send(.get, path, as: "admin").status == .notFound)
            #expect(try await session.send(.delete, path, as: "admin").status == .notFound)
            let listed = try await session.fetch(Page<WebhookRecord>.self, .get, "webhooks", as: "admin")
            #expect(listed.items.isEmpty)
            let shown = try await session.fetch(WebhookRecord.self, .get, path, as: "root")
            #expect(shown.namespace == nil)
        }
    }

    @Test func theFeedIsRead() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            try await session.decide(.approve, version)
            let page = try await session.fetch(
                EventPage.self, .get, "events?namespace=demo&event=version.*&event=alias.*", as: "reader")
            #expect(page.items.map(\.type) == ["version.create", "version.approve"])
            let rest = try await session.fetch(EventPage.self, .get, "events?after=\(page.next)", as: "reader")
            #expect(rest.items.isEmpty && rest.next == page.next)
            let latest = try await session.fetch(EventPage.self, .get, "events?after=latest", as: "reader")
            #expect(latest.items.isEmpty && latest.next == page.next)
            for query in [
                "after=x", "after=-2", "after=1.5", "event=nothing", "limit=0", "limit=1001", "namespace=a b",
            ] {
                let response = try await session.send(
                    .get, "events?\(query.replacing(" ", with: "%20"))", as: "reader")
                #expect(response.status == .badRequest, "\(query)")
            }
            #expect(try await session.send(.get, "events?namespace=demo", as: "stranger").status == .notFound)
        }
    }

    /// A stream as bytes: what was, what happens meanwhile, where it goes on, and that a revoked token ends it.
    @Test func theStreamTellsWhatHappensUntilTheTokenIsRevoked() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            let token = try await session.fetch(
                NewToken.self, .post, "tokens", as: "admin",
                #"{"principal":"follower","roles":["reader"],"namespace":"demo"}"#)
            let request = """
                GET /api/v1/events?namespace=demo HTTP/1.1\r
                Host: localhost\r
                Authorization: Bearer \(token.token)\r
                Accept: text/event-stream\r
                Connection: close\r
                Last-Event-ID: -1\r
                \r

                """
            async let exchange = RawExchange.run(session.client.port, request, patience: 30)
            // It has begun once its token was used.
            for _ in 0..<600 {
                let tokens = try await session.fetch(Page<TokenRecord>.self, .get, "tokens?limit=1000", as: "root")
                if tokens.items.contains(where: { $0.id == token.record.id && $0.lastUsedAt != nil }) { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            try await session.decide(.approve, version)
            try await Task.sleep(for: .seconds(3))
            #expect(try await session.send(.delete, "tokens/\(token.record.id)", as: "root").status == .noContent)
            // Whatever happens next, it is not told of it.
            try await session.decide(.withdraw, version)
            let answer = try await exchange.answer
            #expect(
                answer.contains("content-type: text/event-stream") || answer.contains("Content-Type: text/event-stream")
            )
            let events = answer.matches(of: /event: (\S+)/).map { String($0.1) }
            #expect(events == ["version.create", "version.approve"])
            let ids = answer.matches(of: /id: ([0-9]+)/).compactMap { Int64($0.1) }
            #expect(ids == ids.sorted() && !ids.isEmpty)
            #expect(!answer.contains("version.withdraw"))
        }
    }
}
