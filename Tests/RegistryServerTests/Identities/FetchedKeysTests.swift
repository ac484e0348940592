import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// How long fetched keys are used, and how often their server is asked.
@Suite struct FetchedKeysTests {
    /// A key server and a clock of the test.
    private final class Source: Sendable {
        let now = Mutex(ContinuousClock.now)
        let fetches = Mutex(0)
        let answer: Mutex<Result<Data, RegistryError>>

        init(_ keys: JSONValue) throws { answer = Mutex(.success(try keys.canonicalBytes())) }

        func keys() -> FetchedIdentityKeys {
            FetchedIdentityKeys(now: { self.now.withLock { $0 } }) { _ in
                self.fetches.withLock { $0 += 1 }
                return try self.answer.withLock { $0 }.get()
            }
        }

        func pass(_ time: Duration) { now.withLock { $0 += time } }

        func fail() {
            answer.withLock { $0 = .failure(RegistryError(.identityKeysUnavailable, "it cannot be reached")) }
        }

        var count: Int { fetches.withLock { $0 } }
    }

    private static let address = IdentityKeyPlace(address: "https://ci.example.org/jwks")

    @Test func aSetIsAskedForOnceAndAgainWhenItIsOld() async throws {
        let issuer = try IdentityIssuer()
        let source = try Source(issuer.keySet)
        let keys = source.keys()
        for _ in 0..<5 { #expect(try await keys.key("rsa", at: Self.address) != nil) }
        #expect(source.count == 1)
        source.pass(FetchedIdentityKeys.freshFor)
        #expect(try await keys.key("rsa", at: Self.address) != nil)
        #expect(source.count == 2)
    }

    @Test func unknownKeysCannotMakeTheServerAskAtWill() async throws {
        let issuer = try IdentityIssuer()
        let source = try Source(["keys": [issuer.rsaKey(issuer.rsa, id: "old")]])
        let keys = source.keys()
        for index in 0..<50 { #expect(try await keys.key("key \(index)", at: Self.address) == nil) }
        #expect(source.count == 1)
        // A provider that changes its keys is asked soon enough.
        source.answer.withLock { [set = issuer.keySet] in $0 = .success((try? set.canonicalBytes()) ?? Data()) }
        source.pass(FetchedIdentityKeys.pauseAfterSuccess)
        #expect(try await keys.key("rsa", at: Self.address) != nil)
        #expect(try await keys.key("old", at: Self.address) == nil)
        #expect(source.count == 2)
    }

    @Test func knownKeysGoOnForADayWhileTheServerFails() async throws {
        let issuer = try IdentityIssuer()
        let source = try Source(issuer.keySet)
        let keys = source.keys()
        #expect(try await keys.key("ec", at: Self.address) != nil)
        source.fail()
        source.pass(FetchedIdentityKeys.freshFor)
        for _ in 0..<20 { #expect(try await keys.key("ec", at: Self.address) != nil) }
        #expect(source.count == 2)
        source.pass(FetchedIdentityKeys.pauseAfterFailure)
        #expect(try await keys.key("ec", at: Self.address) != nil)
        #expect(source.count == 3)
        source.pass(FetchedIdentityKeys.usableFor)
        for _ in 0..<20 {
            await #expect(throws: RegistryError.self) { try await keys.key("ec", at: Self.address) }
        }
        #expect(source.count == 4)
    }
}
