import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// What webhooks are told, and when: without a network, with a clock that a test moves.
@Suite struct WebhookTests {
    /// Adds a webhook that would be sent to.
    private static func add(
        _ test: TestRegistry, _ events: [String], server: Bool = false
    ) async throws -> WebhookWithSecret {
        try await test.registry.createWebhook(
            CreateWebhook(
                url: "https://hooks.example.org/path", namespace: server ? nil : test.namespace, events: events),
            check: { _ in }, as: test.admin)
    }

    /// Plans and takes what is due to a webhook, as a receiver that answers with a status.
    @discardableResult
    private static func deliver(
        _ registry: ModelRegistry, to webhook: RunID, status: Int = 200, retryAfter: Int? = nil, most: Int = 1000
    ) async throws -> [DueDelivery] {
        while try await registry.planDeliveries() {}
        var taken: [DueDelivery] = []
        while taken.count < most, let delivery = try await registry.dueDelivery(of: webhook) {
            let attempt = WebhookDelivery.Attempt(
                at: registry.now, duration: 1, status: status, problem: status == 200 ? nil : "status \(status)")
            try await registry.note(attempt, of: delivery, retryAfter: retryAfter)
            taken.append(delivery)
        }
        return taken
    }

    private static func types(_ deliveries: [DueDelivery]) throws -> [String] {
        try deliveries.map { try StrictJSON.decode(RegistryEvent.self, from: $0.body).type }
    }

    @Test func aNamespacesWebhookIsToldOfWhatItWantsThereAndOfNothingElse() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["alias.*", "version.create"]).webhook
        let pushed = try await test.push("demo/model", text: "w")
        let other = try ResourceName("elsewhere")
        _ = try await test.registry.createNamespace(other, as: test.admin)
        _ = try await test.registry.createToken(
            CreateToken(principal: "ci", roles: [.pusher], namespace: other), as: test.admin)
        _ = try await test.registry.moveAlias(Alias("staging"), of: pushed.name, to: 1, as: test.pusher)
        await expectError(.versionNotApproved) {
            _ = try await test.registry.moveAlias(Alias("production"), of: pushed.name, to: 1, as: test.pusher)
        }
        let told = try await Self.deliver(test.registry, to: hook.id)
        #expect(try Self.types(told) == ["version.create", "alias.move", "alias.move.refuse"])
        let move = try StrictJSON.decode(RegistryEvent.self, from: told[1].body)
        #expect(move.data.object == "model:demo/model:staging")
        #expect(move.data.digest == pushed.digest)
        #expect(move.data.namespace == "demo")
        #expect(move.id == told[1].event && move.id.hasPrefix("evt_"))
        #expect(move.id.dropFirst(4) == move.data.leaf.hex.prefix(32))
        // Once is enough.
        #expect(try await Self.deliver(test.registry, to: hook.id).isEmpty)
        let page = try await test.registry.deliveries(of: hook.id, PageRequest(), as: test.admin)
        #expect(page.items.map(\.state) == [.delivered, .delivered, .delivered])
        #expect(page.items.first?.attempts.first?.status == 200)
    }

    @Test func aWebhookOfTheServerIsToldOfAll() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["*"], server: true).webhook
        _ = try await test.push("demo/model", text: "w")
        _ = try await test.registry.createNamespace(ResourceName("elsewhere"), as: test.admin)
        let types = try Self.types(try await Self.deliver(test.registry, to: hook.id))
        #expect(types.first == "webhook.create")
        #expect(Set(types).isSuperset(of: ["blob.put", "version.create", "namespace.create"]))
    }

    /// The cursor and the messages are one transaction, and the audit log is what they are made of: wherever the server
    /// dies, each event is told, with one id.
    @Test func nothingIsLostWhereverTheServerDies() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        let names = (1...5).map { "demo/model\($0)" }
        for name in names { _ = try await test.push(name, text: name) }
        func told(_ registry: ModelRegistry) async throws -> [String] {
            try await Self.deliver(registry, to: hook.id).map(\.event)
        }
        var all: Set<String> = []
        try await test.restart { all = Set(try await told($0)) }
        #expect(all.count == 5)
        // After they were planned, and after two were sent.
        _ = try await test.registry.planDeliveries()
        try await test.restart {
            let second = Set(try await told($0))
            #expect(second == all)
        }
        let first = try await Self.deliver(test.registry, to: hook.id, most: 2).map(\.event)
        try await test.restart {
            let third = Set(try await told($0))
            #expect(third == all.subtracting(first))
        }
    }

    @Test func whatFailsIsTriedAgainForThreeDaysAndNoLonger() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        _ = try await test.push("demo/model", text: "w")
        let begin = test.registry.now
        var tries: [DueDelivery] = try await Self.deliver(test.registry, to: hook.id, status: 500)
        while let due = try await test.registry.dueWebhooks().first {
            #expect(due.at > test.registry.now)
            test.clock.now.withLock { $0 = due.at }
            tries += try await Self.deliver(test.registry, to: hook.id, status: 500)
        }
        #expect(tries.count == 13)
        #expect(Set(tries.map(\.event)).count == 1)
        let days = Double(test.registry.now - begin) / 86_400_000
        #expect((3...4).contains(days), "\(days)")
        var page = try await test.registry.deliveries(of: hook.id, PageRequest(), as: test.admin)
        #expect(page.items.map(\.state) == [.failed])
        #expect(page.items.first?.attempts.count == 13)
        #expect(try await test.registry.webhook(hook.id, as: test.admin).problem == "status 500")

        // Once more by hand, with the same id and all tries anew.
        _ = try await test.registry.replayWebhook(
            hook.id, ReplayWebhook(delivery: page.items.first?.number), as: test.admin)
        #expect(try await Self.deliver(test.registry, to: hook.id, status: 503).map(\.event) == [tries[0].event])
        test.clock.now.withLock { $0 += 6000 }
        #expect(try await Self.deliver(test.registry, to: hook.id).count == 1)
        page = try await test.registry.deliveries(of: hook.id, PageRequest(), as: test.admin)
        #expect(page.items.map(\.state) == [.delivered])
        #expect(try await test.registry.webhook(hook.id, as: test.admin).problem == nil)
    }

    @Test func aReceiverSaysWhenItWantsToBeAskedAgain() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        _ = try await test.push("demo/model", text: "w")
        try await Self.deliver(test.registry, to: hook.id, status: 429, retryAfter: 900)
        #expect(try await test.registry.dueWebhooks().first?.at == test.registry.now + 900_000)
        test.clock.now.withLock { $0 += 900_000 }
        try await Self.deliver(test.registry, to: hook.id, status: 429, retryAfter: Int.max)
        #expect(try await test.registry.dueWebhooks().first?.at == test.registry.now + 86_400_000)
    }

    @Test func oneMessageThatFailsHoldsUpNoOther() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        _ = try await test.push("demo/one", text: "1")
        try await Self.deliver(test.registry, to: hook.id, status: 500)
        _ = try await test.push("demo/two", text: "2")
        #expect(try await Self.deliver(test.registry, to: hook.id).count == 1)
    }

    @Test func whoIsGoneIsToldNothingUntilSomebodySaysSo() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        for name in ["demo/one", "demo/two"] { _ = try await test.push(name, text: name) }
        #expect(try await Self.deliver(test.registry, to: hook.id, status: 410).count == 1)
        #expect(try await test.registry.webhook(hook.id, as: test.admin).state == .gone)
        _ = try await test.push("demo/three", text: "3")
        #expect(try await Self.deliver(test.registry, to: hook.id).isEmpty)
        #expect(try await test.registry.dueWebhooks().isEmpty)
        let log = try await test.registry.auditLog(of: test.namespace, PageRequest(limit: 1000), as: test.admin)
        #expect(log.items.contains { $0.entry["action"]?.string == "webhook.end" })
        _ = try await test.registry.setWebhook(hook.id, SetWebhook(isPaused: false), check: { _ in }, as: test.admin)
        #expect(try await Self.deliver(test.registry, to: hook.id).count == 2)
    }

    @Test func whatHappensDuringAPauseIsToldAfterIt() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        _ = try await test.registry.setWebhook(hook.id, SetWebhook(isPaused: true), check: { _ in }, as: test.admin)
        _ = try await test.push("demo/one", text: "1")
        #expect(try await Self.deliver(test.registry, to: hook.id).isEmpty)
        let changed = try await test.registry.setWebhook(
            hook.id, SetWebhook(events: ["*"], isPaused: false), check: { _ in }, as: test.admin)
        #expect(changed.state == .active && changed.events == ["*"])
        #expect(try Self.types(try await Self.deliver(test.registry, to: hook.id)).contains("version.create"))
    }

    @Test func theLogCanBeToldOnceMore() async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/before", text: "0")
        let hook = try await Self.add(test, ["version.create"]).webhook
        _ = try await test.push("demo/after", text: "1")
        let first = try await Self.deliver(test.registry, to: hook.id)
        #expect(first.count == 1)
        _ = try await test.registry.replayWebhook(hook.id, ReplayWebhook(after: -1), as: test.admin)
        let again = try await Self.deliver(test.registry, to: hook.id)
        #expect(again.count == 2)
        #expect(again.map(\.event).contains(first[0].event))
        let cursor = try await test.registry.webhook(hook.id, as: test.admin).cursor
        for wish in [
            ReplayWebhook(), ReplayWebhook(delivery: 1, after: 1), ReplayWebhook(after: -2),
            ReplayWebhook(after: cursor),
        ] {
            await expectError(.invalidRequest) {
                _ = try await test.registry.replayWebhook(hook.id, wish, as: test.admin)
            }
        }
        await expectError(.notFound) {
            _ = try await test.registry.replayWebhook(hook.id, ReplayWebhook(delivery: 1 << 40), as: test.admin)
        }
    }

    @Test func nothingIsLostBehindAReceiverThatIsFarBehind() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["namespace.create"], server: true).webhook
        let count = 1050
        for number in 0..<count {
            _ = try await test.registry.createNamespace(ResourceName("n\(number)"), as: test.admin)
        }
        while try await test.registry.planDeliveries() {
            guard try await test.registry.webhook(hook.id, as: test.admin).waiting < 1000 else { break }
        }
        let waiting = try await test.registry.webhook(hook.id, as: test.admin).waiting
        #expect((1000...1999).contains(waiting))
        #expect(try await Self.deliver(test.registry, to: hook.id, most: 5000).count >= 1000)
        _ = try await Self.deliver(test.registry, to: hook.id, most: 5000)
        var ended = 0
        var cursor: String?
        repeat {
            let page = try await test.registry.deliveries(
                of: hook.id, PageRequest(limit: 1000, cursor: cursor), as: test.admin)
            ended += page.items.count { $0.state == .delivered }
            cursor = page.nextCursor
        } while cursor != nil
        #expect(ended == count)
    }

    @Test func aNewSecretSignsBesideTheOldOneForADay() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"])
        let rotated = try await test.registry.rotateWebhookSecret(hook.webhook.id, as: test.admin)
        #expect(rotated.secret != hook.secret)
        _ = try await test.push("demo/one", text: "1")
        var told = try await Self.deliver(test.registry, to: hook.webhook.id)
        #expect(told.first?.secrets.map(\.revealed) == [rotated.secret, hook.secret])
        test.clock.now.withLock { $0 += ModelRegistry.secretOverlap }
        _ = try await test.push("demo/two", text: "2")
        told = try await Self.deliver(test.registry, to: hook.webhook.id)
        #expect(told.first?.secrets.map(\.revealed) == [rotated.secret])
    }

    /// Secrets are in no backup: on another machine nothing is sent that its receiver would refuse.
    @Test func withoutItsKeyNothingIsSentUntilTheSecretIsRotated() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"])
        try FileManager.default.removeItem(atPath: test.folder + "/webhook-key")
        _ = try await test.push("demo/one", text: "1")
        #expect(try await Self.deliver(test.registry, to: hook.webhook.id).isEmpty)
        // Another webhook makes another key.
        _ = try await Self.add(test, ["version.create"])
        #expect(try await Self.deliver(test.registry, to: hook.webhook.id).isEmpty)
        #expect(try await test.registry.webhook(hook.webhook.id, as: test.admin).isKeyLost)
        let rotated = try await test.registry.rotateWebhookSecret(hook.webhook.id, as: test.admin)
        #expect(!rotated.webhook.isKeyLost)
        let told = try await Self.deliver(test.registry, to: hook.webhook.id)
        #expect(told.first?.secrets.map(\.revealed) == [rotated.secret])
    }

    @Test func neitherDatabaseNorLogHoldASecretOrThePathOfAnAddress() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["*"])
        _ = try await test.registry.rotateWebhookSecret(hook.webhook.id, as: test.admin)
        _ = try await Self.deliver(test.registry, to: hook.webhook.id)
        let log = try await test.registry.auditLog(of: nil, PageRequest(limit: 1000), as: test.admin)
        let text = String(decoding: try StrictJSON.encode(log), as: UTF8.self)
        #expect(text.contains("https://hooks.example.org"))
        #expect(!text.contains("hooks.example.org/path"))
        let secret = try #require(Data(base64Encoded: String(hook.secret.dropFirst(6))))
        for name in try FileManager.default.contentsOfDirectory(atPath: test.folder) where name.hasPrefix("meta.db") {
            let bytes = try Data(contentsOf: URL(filePath: "\(test.folder)/\(name)"))
            #expect(bytes.range(of: secret) == nil, "\(name)")
            #expect(bytes.range(of: Data(hook.secret.dropFirst(6).utf8)) == nil, "\(name)")
        }
        let key = try FileManager.default.attributesOfItem(atPath: test.folder + "/webhook-key")
        #expect((key[.posixPermissions] as? Int) == 0o600)
    }

    @Test func signedCheckpointsGoToThoseOfTheServerOnce() async throws {
        let test = try await TestRegistry()
        let mine = try await Self.add(test, ["log.checkpoint"], server: true).webhook
        let all = try await Self.add(test, ["*"]).webhook
        let root = Digest.of(Data())
        for _ in 0..<2 {
            try await test.registry.announce(checkpoint: "the note", origin: "o", size: 3, root: root)
        }
        let told = try await Self.deliver(test.registry, to: mine.id)
        #expect(told.count == 1)
        #expect(try JSONParser.parse(told[0].body)["data"]?["note"]?.string == "the note")
        let others = try await Self.deliver(test.registry, to: all.id)
        #expect(!others.contains { $0.event.hasPrefix("chk_") })
    }

    @Test func aWebhookThatIsRemovedTakesItsMessagesWithIt() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        _ = try await test.push("demo/one", text: "1")
        _ = try await test.registry.planDeliveries()
        let due = try #require(try await test.registry.dueDelivery(of: hook.id))
        try await test.registry.removeWebhook(hook.id, as: test.admin)
        // An attempt that was under way meanwhile.
        try await test.registry.note(WebhookDelivery.Attempt(at: 0, duration: 1, status: 200), of: due)
        #expect(try await test.registry.dueDelivery(of: hook.id) == nil)
        await expectError(.notFound) { _ = try await test.registry.webhook(hook.id, as: test.admin) }
        await expectError(.notFound) { try await test.registry.removeWebhook(hook.id, as: test.admin) }
    }

    @Test func messagesThatEndedAMonthAgoAreForgotten() async throws {
        let test = try await TestRegistry()
        let hook = try await Self.add(test, ["version.create"]).webhook
        _ = try await test.push("demo/one", text: "1")
        try await Self.deliver(test.registry, to: hook.id)
        test.clock.now.withLock { $0 += 30 * 86_400_000 }
        try await test.registry.forgetDeliveries()
        #expect(try await test.registry.deliveries(of: hook.id, PageRequest(), as: test.admin).items.count == 1)
        test.clock.now.withLock { $0 += 1 }
        try await test.registry.forgetDeliveries()
        #expect(try await test.registry.deliveries(of: hook.id, PageRequest(), as: test.admin).items.isEmpty)
    }

    /// What the server refuses to send to is recorded, and whoever may not add webhooks learns nothing about addresses.
    @Test func anAddressIsOnlyLookedAtForWhoMayAddIt() async throws {
        let test = try await TestRegistry()
        let refused = RegistryError(.outboundRefused, "no")
        let wish = CreateWebhook(url: "https://10.0.0.1/secret", namespace: test.namespace, events: ["*"])
        await expectError(.forbidden) {
            _ = try await test.registry.createWebhook(
                wish, check: { _ in Issue.record("it was looked at") }, as: test.pusher)
        }
        await expectError(.outboundRefused) {
            _ = try await test.registry.createWebhook(wish, check: { _ in throw refused }, as: test.admin)
        }
        let log = try await test.registry.auditLog(of: test.namespace, PageRequest(limit: 1000), as: test.admin)
        let last = try #require(log.items.last?.entry)
        #expect(last["action"]?.string == "webhook.create.refuse")
        #expect(last["after"]?["request"]?["place"]?.string == "https://10.0.0.1")
        #expect(try await test.registry.webhooks(of: nil, PageRequest(), as: test.admin).items.isEmpty)
    }
}
