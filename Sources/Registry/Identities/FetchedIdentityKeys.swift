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

    private let fetch: @Sendable (IdentityKeyPlace) async throws -> Data
    private let now: @Sendable () -> ContinuousClock.Instant
    private var known: [IdentityKeyPlace: Known] = [:]

    /// - Parameters:
    ///   - now: time that never goes back; tests have their own.
    ///   - fetch: gets the bytes at a place, in bounded time and size, or throws a `RegistryError` with the reason.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        fetch: @escaping @Sendable (IdentityKeyPlace) async throws -> Data
    ) {
        self.now = now
        self.fetch = fetch
    }

    /// The key of an id, or nil if the provider has none.
    ///
    /// Throws `identity-keys-unavailable` if the server cannot be asked and was not for `usableFor`.
    package func key(_ id: String, at place: IdentityKeyPlace) async throws -> IdentityKey? {
        if let key = known[place]?.keys?[id], isYounger(known[place]?.fetchedAt, than: Self.freshFor) { return key }
        let pause = known[place]?.failure == nil ? Self.pauseAfterSuccess : Self.pauseAfterFailure
        if known[place]?.fetch != nil || !isYounger(known[place]?.askedAt, than: pause) { await refresh(place) }
        guard let keys = known[place]?.keys, isYounger(known[place]?.fetchedAt, than: Self.usableFor) else {
            throw RegistryError(
                .identityKeysUnavailable,
                "the keys of the identity provider cannot be had from \(place.address): "
                    + (known[place]?.failure ?? "nothing was fetched"))
        }
        return keys[id]
    }

    /// Asks the server, or waits for the answer that is under way.
    private func refresh(_ place: IdentityKeyPlace) async {
        let fetch = fetch
        let running =
            known[place]?.fetch
            ?? Task { try IdentityKeySet(JSONParser.parse(try await fetch(place))) }
        known[place, default: Known()].fetch = running
        let outcome = await running.result
        // The first of those who waited takes the answer in.
        guard known[place]?.fetch == running else { return }
        known[place]?.fetch = nil
        known[place]?.askedAt = now()
        switch outcome {
        case .success(let keys):
            known[place]?.keys = keys
            known[place]?.fetchedAt = now()
            known[place]?.failure = nil
        case .failure(let error):
            known[place]?.failure = (error as? RegistryError)?.message ?? "the answer is no key set"
        }
    }

    private func isYounger(_ instant: ContinuousClock.Instant?, than age: Duration) -> Bool {
        instant.map { now() - $0 < age } ?? false
    }
}
