import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RegistryTypes

/// Fetches the keys of an identity provider, at a bounded cost whatever its server does.
enum KeySetFetch {
    /// The longest time until the last byte is there.
    static let deadline = Duration.seconds(5)
    /// The largest answer, in bytes.
    static let largest = 256 << 10

    /// Never shut down: it lives as long as the process. Redirects could lead to anybody, and a compressed answer could
    /// be larger than it seems.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(5))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The bytes at an address; throws `identity-keys-unavailable` with the reason.
    @Sendable static func fetch(_ url: URL) async throws -> Data {
        try await withThrowingTaskGroup(of: Data.self) { group in
            group.addTask { try await get(url) }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw unavailable("no complete answer within \(deadline.components.seconds) seconds")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? Data()
        }
    }

    private static func get(_ url: URL) async throws -> Data {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.headers.add(name: "User-Agent", value: "assay")
        request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
        do {
            let response = try await http.execute(request, timeout: .seconds(5))
            guard response.status == .ok else {
                throw unavailable("it answers with status \(response.status.code); redirects are not followed")
            }
            return Data(try await response.body.collect(upTo: largest).readableBytesView)
        } catch let error as RegistryError {
            throw error
        } catch is NIOTooManyBytesError {
            throw unavailable("its answer is larger than \(largest) bytes")
        } catch {
            throw unavailable("it cannot be reached")
        }
    }

    private static func unavailable(_ reason: String) -> RegistryError {
        RegistryError(.identityKeysUnavailable, reason)
    }
}
