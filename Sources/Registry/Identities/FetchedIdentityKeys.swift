package import Foundation
import RegistryTypes

/// The keys of providers that publish them at an address, kept between requests.
///
/// What a key server can cost is bounded: it is asked for one set at a time, at most every `pauseAfterSuccess` or
/// `pauseAfterFailure`, whatever comes in. Keys that were fetched go on being good for `usableFor` while it fails.
package actor FetchedIdentityKeys {
    /// How long a set is used without asking again.
    package static let freshFor = Duration.seconds(600)
    /// How long a set is used while its server cannot be asked.
    package static let usableFor = Duration.seconds(86_400)
    /// How soon a server is asked again for a key that it did not have.
    package static let pauseAfterSuccess = Duration.seconds(30)
    /// How soon a server is asked again that failed.
    package static let pauseAfterFailure = Duration.seconds(10)

    private struct Known {
        var keys: IdentityKeySet?
        var fetchedAt: ContinuousClock.Instant?
        var askedAt: ContinuousClock.Instant?
        var failure: String?
        var fetch: Task<IdentityKeySet, any Error>?
    }

    private let fetch: @Sendable (URL) async throws -> Data
    private let now: @Sendable () -> ContinuousClock.Instant
    private var known: [String: Known] = [:]

    /// - Parameters:
    ///   - now: time that never goes back; tests have their own.
    ///   - fetch: gets the bytes at an address, in bounded time and size, or throws a `RegistryError` with the reason.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        fetch: @escaping @Sendable (URL) async throws -> Data
    ) {
        self.now = now
        self.fetch = fetch
    }

    /// The key of an id, or nil if the provider has none.
    ///
    /// Throws `identity-keys-unavailable` if the server cannot be asked and was not for `usableFor`.
    package func key(_ id: String, at address: String) async throws -> IdentityKey? {
        if let key = known[address]?.keys?[id], isYounger(known[address]?.fetchedAt, than: Self.freshFor) { return key }
        let pause = known[address]?.failure == nil ? Self.pauseAfterSuccess : Self.pauseAfterFailure
        if known[address]?.fetch != nil || !isYounger(known[address]?.askedAt, than: pause) { await refresh(address) }
        guard let keys = known[address]?.keys, isYounger(known[address]?.fetchedAt, than: Self.usableFor) else {
            throw RegistryError(
                .identityKeysUnavailable,
                "the keys of the identity provider cannot be had from \(address): "
                    + (known[address]?.failure ?? "nothing was fetched"))
        }
        return keys[id]
    }

    /// Asks the server, or waits for the answer that is under way.
    private func refresh(_ address: String) async {
        guard let url = URL(string: address) else { return }
        let fetch = fetch
        let running =
            known[address]?.fetch
            ?? Task { try IdentityKeySet(JSONParser.parse(try await fetch(url))) }
        known[address, default: Known()].fetch = running
        let outcome = await running.result
        // The first of those who waited takes the answer in.
        guard known[address]?.fetch == running else { return }
        known[address]?.fetch = nil
        known[address]?.askedAt = now()
        switch outcome {
        case .success(let keys):
            known[address]?.keys = keys
            known[address]?.fetchedAt = now()
            known[address]?.failure = nil
        case .failure(let error):
            known[address]?.failure = (error as? RegistryError)?.message ?? "the answer is no key set"
        }
    }

    private func isYounger(_ instant: ContinuousClock.Instant?, than age: Duration) -> Bool {
        instant.map { now() - $0 < age } ?? false
    }
}
