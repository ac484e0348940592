import Foundation
import HTTPTypes
import RegistryClient
import RegistryTypes
import Synchronization
import Testing

/// Files arrive whole and right, or not at all.
@Suite final class DownloadTests: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "assay-client-\(UUID())")
    private static let bytes = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    private static let digest = Digest.of(bytes)

    deinit { try? FileManager.default.removeItem(at: folder) }

    private var target: URL { folder.appending(path: "model.bin") }

    private func fetch(
        _ client: RegistryClient, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws {
        let namespace = try ResourceName("demo")
        try await client.download(
            .blob(namespace, Self.digest), size: Int64(Self.bytes.count), sha256: Self.digest, to: target,
            progress: progress)
    }

    private func failure(_ operation: () async throws -> Void) async -> ErrorCode? {
        do {
            try await operation()
            return nil
        } catch {
            return (error as? RegistryError)?.code
        }
    }

    private func expectNothing() throws {
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func aBrokenConnectionIsTakenUpWhereItEnded() async throws {
        let (arrived, continuation) = AsyncStream<Void>.makeStream()
        let server = ScriptedServer([.broken(Self.bytes, after: 70_000, until: arrived), .ranged(Self.bytes)])
        try await server.run { client, _ in try await self.fetch(client) { _ in continuation.yield() } }
        #expect(try Data(contentsOf: target) == Self.bytes)
        let second = server.requests.withLock { $0[1] }
        #expect(second.headerFields[.range]?.hasPrefix("bytes=") == true)
        #expect(second.headerFields[.ifRange] == "\"\(Self.digest)\"")
    }

    @Test func aServerThatStartsAnewIsFollowed() async throws {
        let (arrived, continuation) = AsyncStream<Void>.makeStream()
        let server = ScriptedServer([.broken(Self.bytes, after: 70_000, until: arrived), .bytes(Self.bytes)])
        try await server.run { client, _ in try await self.fetch(client) { _ in continuation.yield() } }
        #expect(try Data(contentsOf: target) == Self.bytes)
        #expect(server.requests.withLock { $0[1].headerFields[.range] } != nil)
    }

    @Test func wrongBytesAreRefusedAndLeaveNothing() async throws {
        var wrong = Self.bytes
        wrong[12_345] ^= 1
        let server = ScriptedServer([.bytes(wrong)])
        let code = Mutex<ErrorCode?>(nil)
        try await server.run { client, _ in
            let found = await self.failure { try await self.fetch(client) }
            code.withLock { $0 = found }
        }
        #expect(code.withLock { $0 } == .integrityFailure)
        try expectNothing()
    }

    @Test func tooManyAndTooFewBytesAreRefused() async throws {
        for bytes in [Self.bytes + Data([0]), Self.bytes.dropLast()] {
            let server = ScriptedServer([.bytes(Data(bytes))])
            let code = Mutex<ErrorCode?>(nil)
            try await server.run { client, _ in
                let found = await self.failure { try await self.fetch(client) }
                code.withLock { $0 = found }
            }
            #expect(code.withLock { $0 } == .integrityFailure)
            try expectNothing()
        }
    }

    @Test func aServerThatIsBusyIsAskedAgain() async throws {
        let server = ScriptedServer([
            .bytes(Data(), status: .serviceUnavailable, headers: [.retryAfter: "3"]),
            .bytes(Data(), status: .badGateway), .bytes(Self.bytes),
        ])
        let waited = Mutex<[Duration]>([])
        try await server.run { client, waits in
            try await self.fetch(client)
            waited.withLock { $0 = waits.all.withLock { $0 } }
        }
        let waits = waited.withLock { $0 }
        #expect(waits.count == 2)
        #expect(waits.first == .seconds(3))
        #expect(try Data(contentsOf: target) == Self.bytes)
    }

    @Test func anotherRequestInTheWayIsWaitedForLongerThanAFailure() async throws {
        let busy = ScriptedServer.Answer.bytes(Data(), status: .conflict, headers: [.retryAfter: "1"])
        let server = ScriptedServer(Array(repeating: busy, count: 9) + [.bytes(Self.bytes)])
        try await server.run { client, _ in try await self.fetch(client) }
        #expect(try Data(contentsOf: target) == Self.bytes)
    }

    @Test func aRefusalIsNotRepeatedAndARedirectNotFollowed() async throws {
        let elsewhere: HTTPFields = [.location: "http://127.0.0.1:1/elsewhere"]
        for answer in [
            ScriptedServer.Answer.bytes(Data(), status: .forbidden), .bytes(Data(), status: .found, headers: elsewhere),
        ] {
            let server = ScriptedServer([answer, .bytes(Self.bytes)])
            let code = Mutex<ErrorCode?>(nil)
            try await server.run { client, _ in
                let found = await self.failure { try await self.fetch(client) }
                code.withLock { $0 = found }
            }
            #expect(code.withLock { $0 } != nil)
            #expect(server.requests.withLock(\.count) == 1)
        }
    }

    @Test func aDeadServerIsNamedAfterAllTries() async throws {
        let tries = Mutex(0)
        let client = try RegistryClient(
            url: #require(URL(string: "http://127.0.0.1:1")), token: nil,
            retries: RetryPolicy(attempts: 3) { _ in tries.withLock { $0 += 1 } })
        let code = await failure { try await self.fetch(client) }
        #expect(code == .serverUnreachable)
        #expect(tries.withLock { $0 } >= 2)
    }
}
