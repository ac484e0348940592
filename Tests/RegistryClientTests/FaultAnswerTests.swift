import Foundation
import HTTPTypes
import RegistryClient
import RegistryTypes
import Synchronization
import Testing

/// What a client makes of a server that cannot do what it should: it waits for what passes, and only for that.
@Suite struct FaultAnswerTests {
    private func answer(_ code: ErrorCode) throws -> ScriptedServer.Answer {
        let problem = Problem(RegistryError(code, "in a test"), requestID: "r")
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let seconds = code.retryAfter { headers[.retryAfter] = String(seconds) }
        return .bytes(try StrictJSON.encode(problem), status: .init(code: code.status), headers: headers)
    }

    @Test(arguments: [ErrorCode.busy, .serverStopping, .tooManyConnections])
    func isAskedAgainWhenItSaysWhen(code: ErrorCode) async throws {
        let server = ScriptedServer([try answer(code), .bytes(Data(#"{"items":[]}"#.utf8))])
        try await server.run { client, waits in
            _ = try await client.namespaces()
            #expect(waits.all.withLock { $0 } == [.seconds(code.retryAfter ?? 0)])
        }
        #expect(server.requests.withLock { $0.count } == 2)
    }

    @Test(arguments: [ErrorCode.storageFull, .storeDegraded, .databaseCorrupt])
    func isNotAskedAgainWhenItIsFullOrBroken(code: ErrorCode) async throws {
        let server = ScriptedServer([try answer(code)])
        try await server.run { client, waits in
            do {
                _ = try await client.namespaces()
                Issue.record("no error")
            } catch {
                #expect((error as? RegistryError)?.code == code)
                #expect((error as? RegistryError)?.message == "in a test")
            }
            #expect(waits.all.withLock { $0.isEmpty })
        }
        #expect(server.requests.withLock { $0.count } == 1)
    }
}
