import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Registry
import RegistryTypes

/// Fetches the keys of an identity provider, at a bounded cost whatever its server does.
enum KeySetFetch {
    /// The longest time until the last byte is there.
    static let deadline = Duration.seconds(5)
    /// The largest answer, in bytes.
    static let largest = 256 << 10

    /// Never shut down: it lives as long as the process. Redirects could lead to anybody, and a compressed answer could
    /// be larger than it seems.
    private static let http = client(trusting: nil)

    private static func client(trusting authorities: [NIOSSLCertificate]?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(5))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        if let authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(authorities)
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The certificates in a PEM text; throws `invalid-request` if there are none.
    static func certificates(_ text: String) throws -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8)), !found.isEmpty else {
            throw RegistryError(.invalidRequest, "a CA is given as PEM: -----BEGIN CERTIFICATE----- and so on")
        }
        return found
    }

    /// The bytes at a place; throws `identity-keys-unavailable` with the reason.
    @Sendable static func fetch(_ place: IdentityKeyPlace) async throws -> Data {
        guard let authorities = place.authorities else { return try await fetch(place.address, by: http) }
        // Asked seldom: a connection of its own each time.
        let own = client(trusting: try certificates(authorities))
        let result: Result<Data, any Error>
        do {
            result = .success(try await fetch(place.address, by: own))
        } catch {
            result = .failure(error)
        }
        try? await own.shutdown()
        return try result.get()
    }

    private static func fetch(_ address: String, by http: HTTPClient) async throws -> Data {
        try await withThrowingTaskGroup(of: Data.self) { group in
            group.addTask { try await get(address, by: http) }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw unavailable("no complete answer within \(deadline.components.seconds) seconds")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? Data()
        }
    }

    private static func get(_ address: String, by http: HTTPClient) async throws -> Data {
        var request = HTTPClientRequest(url: address)
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
