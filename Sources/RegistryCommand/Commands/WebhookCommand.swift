import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay webhook`: who is told of what happens.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Addresses that are told of what happens.",
        subcommands: [
            Add.self, List.self, Show.self, Set.self, Remove.self, Test.self, RotateSecret.self, Deliveries.self,
            Replay.self,
        ])

    /// `assay webhook add`
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have an address told; the secret for its receiver is printed once, alone, on standard output.",
            discussion: """
                assay webhook add https://ci.example.org/hooks/assay --namespace risk --event alias.move > secret.txt

                Messages are signed as Standard Webhooks has it, with this secret. Without a namespace they are about the \
                whole server, for its administrators; --event log.checkpoint then sends the signed checkpoints of the audit \
                log.
                """)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "Where to, over https.") var url: String
        @Option(help: "The namespace; without it the whole server.", transform: { try ResourceName($0) })
        var namespace: ResourceName?
        @Option(help: "Which events: alias.move, version.*, *.refuse or *; may stand several times.")
        var event: [String]

        func run() async throws {
            let created = try await global.client().createWebhook(
                CreateWebhook(url: url, namespace: namespace, events: event))
            if global.json { return try global.console.print(json: created) }
            global.console.note(
                "webhook \(created.webhook.id); this is the only time that its secret is shown:")
            global.console.print(created.secret)
        }
    }

    /// `assay webhook list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The webhooks that you administer.")

        @OptionGroup var global: GlobalOptions
        @Option(help: "Only this namespace.", transform: { try ResourceName($0) }) var namespace: ResourceName?

        func run() async throws {
            let records = try await global.client().webhooks(in: namespace)
            if global.json { return try global.console.print(json: Page(items: records)) }
            var table = TextTable(["WEBHOOK", "NAMESPACE", "STATE", "WAITING", "LAST DELIVERED", "EVENTS", "URL"])
            for record in records {
                table.add([
                    record.id.text, record.namespace?.text ?? "(server)", WebhookPage.state(record),
                    String(record.waiting), record.deliveredAt.map(Wording.time) ?? "never",
                    record.events.joined(separator: " "), record.url,
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay webhook show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One webhook and how it fares.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The webhook's id.", transform: { try RunID($0) }) var id: RunID

        func run() async throws { try await WebhookPage.print(global.client().webhook(id), global) }
    }

    /// `assay webhook set`
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a webhook, pause it or let it go on.",
            discussion: "What happens while it is paused is sent when it goes on; nothing is lost.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The webhook's id.", transform: { try RunID($0) }) var id: RunID
        @Option(help: "Another address.") var url: String?
        @Option(help: "Other events, in the place of all that there were.") var event: [String] = []
        @Flag(inversion: .prefixedNo, help: "Send nothing for the time being, or go on.") var pause: Bool?

        func run() async throws {
            guard url != nil || !event.isEmpty || pause != nil else {
                throw RegistryError(.invalidRequest, "say what to change: --url, --event, --pause or --no-pause")
            }
            let change = SetWebhook(url: url, events: event.isEmpty ? nil : event, isPaused: pause)
            try await WebhookPage.print(global.client().setWebhook(id, change), global)
        }
    }

    /// `assay webhook remove`
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a webhook, what waits for it and what it was told.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The webhook's id.", transform: { try RunID($0) }) var id: RunID

        func run() async throws {
            try await global.client().removeWebhook(id)
            global.console.note("removed the webhook \(id)")
        }
    }

    /// `assay webhook test`
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a message of the type webhook.test, and wait for how it goes.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The webhook's id.", transform: { try RunID($0) }) var id: RunID

        func run() async throws {
            let client = try global.client()
            _ = try await client.testWebhook(id)
            for _ in 0..<40 {
                if let delivery = try await client.deliveries(of: id, limit: 20)
                    .first(where: { $0.type == EventType.webhookTest.rawValue }), let attempt = delivery.attempts.last
                {
                    if global.json { try global.console.print(json: delivery) }
                    guard attempt.problem == nil else {
                        throw RegistryError(
                            .serverUnreachable,
                            "the message was not delivered: \(attempt.problem ?? ""); it is tried again")
                    }
                    if !global.json {
                        global.console.print("delivered in \(attempt.duration) ms: status \(attempt.status ?? 0)")
                    }
                    return
                }
                try await Task.sleep(for: .milliseconds(500))
            }
            throw RegistryError(
                .serverUnreachable, "the server has not sent it after 20 seconds; `assay webhook show \(id)` says more")
        }
    }

    /// `assay webhook rotate-secret`
    struct RotateSecret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-secret",
            abstract: "Make a new secret, printed once, alone; messages carry both signatures for a day.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The webhook's id.", transform: { try RunID($0) }) var id: RunID

        func run() async throws {
            let rotated = try await global.client().rotateWebhookSecret(id)
            if global.json { return try global.console.print(json: rotated) }
            global.console.note("this is the only time that the new secret of \(id) is shown:")
            global.console.print(rotated.secret)
        }
    }

    /// `assay webhook deliveries`
    struct Deliveries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a webhook was told in the last 30 days and how that went, newest first.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The webhook's id.", transform: { try RunID($0) }) var id: RunID
        @Option(help: "The most lines.") var limit = 100

        func run() async throws {
            let deliveries = try await global.client().deliveries(of: id, limit: limit)
            if global.json { return try global.console.print(json: Page(items: deliveries)) }
            var table = TextTable(["DELIVERY", "EVENT", "TYPE", "STATE", "TRIES", "LAST TRY", "STATUS", "PROBLEM"])
            for delivery in deliveries {
                let last = delivery.attempts.last
                table.add([
                    String(delivery.number), delivery.event, delivery.type, delivery.state.rawValue,
                    String(delivery.attempts.count), last.map { Wording.time($0.at) } ?? "-",
                    last?.status.map { String($0) } ?? "-", last?.problem ?? "-",
                ])
            }
            global.console.print(table.text)
        }
    }

    /// `assay webhook replay`
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send messages once more, with the ids that they had.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The webhook's id.", transform: { try RunID($0) }) var id: RunID
        @Option(help: "One delivery, by its number.") var delivery: Int64?
        @Option(
            parsing: .unconditional,
            help: "All events after this sequence number of the audit log; -1 for all there ever were.")
        var after: Int64?

        func run() async throws {
            try await WebhookPage.print(
                global.client().replayWebhook(id, ReplayWebhook(delivery: delivery, after: after)), global)
        }
    }
}
