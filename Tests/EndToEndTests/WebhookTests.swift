import Foundation
import RegistryTypes
import Synchronization
import Testing

/// Webhooks and the event feed with the built binary, and a receiver that shares no code with it.
@Suite struct WebhookTests {
    /// A receiver that checks as the specification of Standard Webhooks says: Python's standard library alone. It writes a
    /// line for each message, and answers with the status in the file `status`.
    private static let receiver = """
        import base64, hashlib, hmac, http.server, json, sys, time
        folder = sys.argv[1]
        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                key = base64.b64decode(open(folder + "/secret").read().strip().removeprefix("whsec_"))
                signed = (self.headers["webhook-id"] + "." + self.headers["webhook-timestamp"] + ".").encode() + body
                wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
                good = abs(time.time() - int(self.headers["webhook-timestamp"])) < 300 and any(
                    hmac.compare_digest(wanted, given) for given in self.headers["webhook-signature"].split())
                status = int(open(folder + "/status").read())
                event = json.loads(body)
                with open(folder + "/messages", "a") as file:
                    file.write(json.dumps([self.headers["webhook-id"], event["type"], event["id"], good, status]) + "\\n")
                self.send_response(status)
                self.end_headers()
            def log_message(self, *arguments): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        open(folder + "/port.new", "w").write(str(server.server_port))
        import os; os.rename(folder + "/port.new", folder + "/port")
        server.serve_forever()
        """

    private struct Message {
        let id: String
        let type: String
        let isGenuine: Bool
        let status: Int
    }

    /// Runs a receiver in a folder while `body` runs.
    private static func withReceiver(_ body: @escaping @Sendable (String, Int) async throws -> Void) async throws {
        let scratch = try Scratch()
        let folder = scratch.path
        try "200".write(toFile: folder + "/status", atomically: true, encoding: .utf8)
        try receiver.write(toFile: folder + "/receiver.py", atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [folder + "/receiver.py", folder]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Not SIGTERM: a child ignores what the tests ignore.
        defer { kill(process.processIdentifier, SIGKILL) }
        let port = try await eventually { try? Int(String(contentsOfFile: folder + "/port", encoding: .utf8)) }
        try await body(folder, try #require(port))
        withExtendedLifetime(scratch) {}
    }

    /// Looks again and again until there is something.
    private static func eventually<Value>(_ look: () throws -> Value?) async throws -> Value? {
        for _ in 0..<600 {
            if let value = try look() { return value }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("what was waited for did not come")
        return nil
    }

    private static func messages(_ folder: String) throws -> [Message] {
        let text = (try? String(contentsOfFile: folder + "/messages", encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map { line in
            let fields = try #require(try JSONParser.parse(line.utf8).array)
            #expect(fields[0] == fields[2])
            return Message(
                id: fields[0].string ?? "", type: fields[1].string ?? "", isGenuine: fields[3].bool ?? false,
                status: fields[4].int ?? 0)
        }
    }

    @Test func whatHappensIsToldAlsoWhereReceiverAndServerFail() async throws {
        try await Self.withReceiver { folder, port in
            let scratch = try Scratch()
            let data = scratch.path + "/data"
            let arguments = ["--no-worker", "--webhook-allow", "127.0.0.1"]
            let hook = Mutex("")
            try await Server.run(data: data, arguments: arguments) { server in
                _ = try await server.assay("namespace", "create", "tide")
                let added = try await server.assay(
                    "webhook", "add", "http://127.0.0.1:\(port)/hook", "--namespace", "tide", "--event",
                    "version.create",
                    "--event", "alias.*")
                #expect(added.code == 0, "\(added.error)")
                try added.output.write(toFile: folder + "/secret", atomically: true, encoding: .utf8)
                let id = try #require(added.error.firstMatch(of: /webhook ([0-9a-z]{26})/)).1
                hook.withLock { $0 = String(id) }
                let tested = try await server.assay("webhook", "test", String(id))
                #expect(tested.code == 0 && tested.output.contains("status 200"), "\(tested.error)")
                try "w".write(toFile: scratch.path + "/w.bin", atomically: true, encoding: .utf8)
                for _ in 0..<2 {
                    let pushed = try await server.assay(
                        "push", "tide/level", scratch.path + "/w.bin", "--no-source", folder: scratch.path)
                    #expect(pushed.code == 0, "\(pushed.error)")
                }
                _ = try await server.assay("alias", "set", "tide/level:1", "staging")
                _ = try await Self.eventually { try Self.messages(folder).count >= 4 ? true : nil }
                // The receiver fails, and the server dies without a word.
                try "500".write(toFile: folder + "/status", atomically: true, encoding: .utf8)
                _ = try await server.assay("alias", "set", "tide/level:2", "staging")
                _ = try await Self.eventually { try Self.messages(folder).contains { $0.status == 500 } ? true : nil }
                server.kill()
            }
            try "204".write(toFile: folder + "/status", atomically: true, encoding: .utf8)
            try await Server.run(data: data, arguments: arguments) { server in
                let id = hook.withLock { $0 }
                let last = try await Self.eventually { try Self.messages(folder).last { $0.status == 204 } }
                #expect(last?.type == "alias.move")
                let messages = try Self.messages(folder)
                #expect(messages.filter { !$0.isGenuine }.isEmpty)
                #expect(
                    Set(messages.map(\.id)).count == 5
                        && messages.map(\.type).prefix(4) == [
                            "webhook.test", "version.create", "version.create", "alias.move",
                        ])
                // The same id at each attempt.
                #expect(messages.last { $0.status == 500 }?.id == last?.id)

                let deliveries = try await server.assay("webhook", "deliveries", id)
                #expect(deliveries.output.contains("500") || deliveries.output.contains("204"), "\(deliveries.output)")
                let shown = try await server.assay("webhook", "show", id)
                #expect(shown.output.contains("active"), "\(shown.output)")

                // A replay has the ids that it had.
                let replayed = try await server.assay("webhook", "replay", id, "--after", "-1")
                #expect(replayed.code == 0, "\(replayed.error)")
                _ = try await Self.eventually { try Self.messages(folder).count >= messages.count + 4 ? true : nil }
                let repeated = try Self.messages(folder).map(\.id)
                #expect(Set(repeated) == Set(messages.map(\.id)))

                // The old secret still signs beside the new one.
                let rotated = try await server.assay("webhook", "rotate-secret", id)
                try rotated.output.write(toFile: folder + "/secret", atomically: true, encoding: .utf8)
                #expect(try await server.assay("webhook", "test", id).code == 0)
                #expect(try Self.messages(folder).last?.isGenuine == true)

                let refused = try await server.assay("webhook", "add", "https://10.0.0.1/", "--event", "*")
                #expect(refused.code == 4 && refused.error.contains("--webhook-allow"), "\(refused.error)")
                #expect(try await server.assay("webhook", "remove", id).code == 0)
                #expect(try await server.assay("webhook", "show", id).code == 6)
            }
            withExtendedLifetime(scratch) {}
        }
    }

    @Test func signedCheckpointsReachAWitness() async throws {
        try await Self.withReceiver { folder, port in
            let scratch = try Scratch()
            try await Server.run(
                data: scratch.path + "/data",
                arguments: ["--no-worker", "--webhook-allow", "localhost", "--log-interval", "1s"]
            ) { server in
                let added = try await server.assay(
                    "webhook", "add", "http://localhost:\(port)/", "--event", "log.checkpoint")
                #expect(added.code == 0, "\(added.error)")
                try added.output.write(toFile: folder + "/secret", atomically: true, encoding: .utf8)
                _ = try await server.assay("namespace", "create", "tide")
                let told = try await Self.eventually {
                    try Self.messages(folder).contains { $0.type == "log.checkpoint" && $0.isGenuine } ? true : nil
                }
                #expect(told == true)
            }
            withExtendedLifetime(scratch) {}
        }
    }

    @Test func eventsAreFollowedAcrossARestart() async throws {
        let scratch = try Scratch()
        let data = scratch.path + "/data"
        let place = Mutex("")
        try await Server.run(data: data, arguments: ["--no-worker"]) { server in
            _ = try await server.assay("namespace", "create", "one")
            let listed = try await server.assay("events", "--event", "namespace.create", "--json")
            let event = try JSONDecoder().decode(RegistryEvent.self, from: Data(listed.output.utf8))
            #expect(event.type == "namespace.create" && event.data.object == "namespace:one")
            place.withLock { $0 = String(event.data.sequence) }
            let wrong = try await server.assay("events", "--event", "namespace.made")
            #expect(wrong.code == 1 && wrong.error.contains("namespace.create"), "\(wrong.error)")
            // One that follows prints what comes, until its reader has enough.
            let script = """
                "$0" events --follow --event namespace.create --after "$1" | head -n 1
                """
            let after = String(event.data.sequence)
            async let followed = Tool.run(
                "/bin/sh", ["-c", script, Tool.assay, after],
                environment: ["ASSAY_URL": server.url, "ASSAY_TOKEN": try server.adminToken, "HOME": data])
            try await Task.sleep(for: .milliseconds(300))
            _ = try await server.assay("namespace", "create", "two")
            _ = try await server.assay("namespace", "create", "three")
            #expect(try await followed.output.contains("namespace:two"))
        }
        try await Server.run(data: data, arguments: ["--no-worker"]) { server in
            let after = place.withLock { $0 }
            let listed = try await server.assay("events", "--event", "namespace.*", "--after", after)
            #expect(listed.output.contains("namespace:two") && listed.output.contains("namespace:three"))
            #expect(!listed.output.contains("namespace:one"))
        }
        withExtendedLifetime(scratch) {}
    }
}
