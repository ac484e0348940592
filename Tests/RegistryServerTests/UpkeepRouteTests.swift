import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryTypes
import Testing

/// Checks and backups over HTTP: background work that only the server's administrators ask for.
@Suite struct UpkeepRouteTests {
    @Test(arguments: [("fsck", #"{"readData":true}"#), ("backups", #"{"verify":true,"keep":3}"#)])
    func isDoneInTheBackground(path: String, body: String) async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await session.push("models/demo/m", "weights")
            let asked = try await session.send(.post, path, as: "root", body)
            #expect(asked.status == .accepted)
            let record = try StrictJSON.decode(UpkeepRecord.self, from: asked.body.readableBytesView)
            #expect(record.state == .queued)
            let again = try await session.send(.post, path, as: "root", body)
            #expect(again.code == "conflict" && again.problem?["details"]?["id"]?.string == record.id.text)
            _ = try await server.registry.carryOutUpkeep()
            let ended = try await session.fetch(UpkeepRecord.self, .get, "\(path)/\(record.id)", as: "root")
            #expect(ended.state == .done && ended.progress == nil)
            #expect(ended.fsck?.isSound ?? true && ended.backup?.verified ?? true)
            #expect((ended.fsck == nil) != (ended.backup == nil))
            let other = path == "fsck" ? "backups" : "fsck"
            #expect(try await session.send(.get, "\(other)/\(record.id)", as: "root").code == "not-found")
            let metrics = try await session.client.execute(uri: "/metrics", method: .get)
            let name = path == "fsck" ? "assay_fsck_findings 0" : "assay_backup_missing_blobs 0"
            #expect(String(buffer: metrics.body).contains("\n\(name)\n"))
        }
    }

    @Test func backupsAreListed() async throws {
        let server = try await TestServer()
        try await server.run { session in
            _ = try await session.send(.post, "backups", as: "root", "{}")
            _ = try await server.registry.carryOutUpkeep()
            let page = try await session.fetch(Page<BackupManifest>.self, .get, "backups", as: "root")
            #expect(page.items.count == 1 && page.items[0].isComplete)
            #expect(try await session.fetch(ScrubStatus.self, .get, "scrub", as: "root").corrupt.isEmpty)
        }
    }

    @Test func nobodyElseMay() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for principal in server.tokens.keys where principal != "root" {
                for path in ["fsck", "backups"] {
                    let asked = try await session.send(.post, path, as: principal, "{}")
                    #expect(asked.code == "forbidden", "\(principal)")
                }
                for path in ["scrub", "backups", "fsck/01k9xq3v6m8r2t4w5y7z9a1b3c"] {
                    #expect(try await session.send(.get, path, as: principal).code == "forbidden", "\(principal)")
                }
            }
        }
    }

    @Test(arguments: [("backups", #"{"keep":0}"#), ("backups", #"{"folder":"/etc"}"#), ("fsck", #"{"data":"/"}"#)])
    func whatIsAskedForIsChecked(path: String, body: String) async throws {
        let server = try await TestServer()
        try await server.run { session in
            let refused = try await session.send(.post, path, as: "root", body)
            #expect(refused.status == .badRequest)
        }
    }
}
