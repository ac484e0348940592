import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
package import NIOSSL
package import Registry
package import RegistryTypes

/// Sends a message to a webhook, once, in the form of Standard Webhooks, at a bounded cost whatever its receiver does.
package struct WebhookSender: Sendable {
    private let rules: OutboundRules
    private let tls: TLSConfiguration?
    private let deadline: Duration
    private let clock: @Sendable () -> Int64

    /// Sends where the rules allow.
    ///
    /// - Parameters:
    ///   - tls: which certificates are believed; those that the system believes by default.
    ///   - deadline: how long an attempt may take.
    ///   - clock: the present, in UTC milliseconds.
    package init(
        rules: OutboundRules, tls: TLSConfiguration? = nil, deadline: Duration = .seconds(15),
        clock: @escaping @Sendable () -> Int64
    ) {
        (self.rules, self.tls, self.deadline, self.clock) = (rules, tls, deadline, clock)
    }

    /// How an attempt went.
    package struct Result: Sendable {
        package var attempt: WebhookDelivery.Attempt
        /// The seconds after which the receiver wants to be asked again.
        package var retryAfter: Int?
    }

    /// Sends it; what goes wrong is in the result.
    package func send(_ delivery: DueDelivery) async -> Result {
        let (start, began) = (clock(), ContinuousClock.now)
        var result = Result(attempt: WebhookDelivery.Attempt(at: start, duration: 0))
        do {
            let answer = try await withThrowingTaskGroup(of: (status: Int, retryAfter: Int?).self) { group in
                group.addTask { try await post(delivery, at: start) }
                group.addTask {
                    try await Task.sleep(for: deadline)
                    throw RegistryError(
                        .serverUnreachable, "no answer within \(deadline.components.seconds) seconds")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? (0, nil)
            }
            result.attempt.status = answer.status
            result.retryAfter = answer.retryAfter
            result.attempt.problem = Self.problem(answer.status)
        } catch let error as RegistryError {
            result.attempt.problem = error.message
        } catch is NIOSSLError {
            result.attempt.problem = "its certificate is not believed, or it speaks no TLS"
        } catch {
            result.attempt.problem = "it cannot be reached"
        }
        result.attempt.duration = Int((ContinuousClock.now - began) / .milliseconds(1))
        return result
    }

    private static func problem(_ status: Int) -> String? {
        switch status {
        case 200..<300: nil
        case 300..<400: "it answers with status \(status); redirects are not followed"
        case 410: "it answers with status 410: it wants no more messages"
        default: "it answers with status \(status)"
        }
    }

    /// A client of its own for each message: it connects to the address that was checked, whatever the name of the host
    /// means by then.
    private func post(_ delivery: DueDelivery, at time: Int64) async throws -> (status: Int, retryAfter: Int?) {
        let url = try WebhookAddress.parse(delivery.url)
        let address = try await rules.address(for: url)
        var configuration = HTTPClient.Configuration()
        configuration.dnsOverride = [url.host(percentEncoded: false) ?? "": address.description]
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = tls
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request(delivery, at: time / 1000), timeout: .seconds(15))
            let retryAfter = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            // What the receiver says beside its status is nobody's business: it may be an internal page.
            let answer = (Int(response.status.code), retryAfter)
            try? await client.shutdown()
            return answer
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func request(_ delivery: DueDelivery, at seconds: Int64) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: delivery.url)
        request.method = .POST
        request.body = .bytes(delivery.body)
        let signatures = delivery.secrets.map {
            $0.signature(id: delivery.event, timestamp: seconds, body: delivery.body)
        }
        for (name, value) in [
            ("Content-Type", "application/json"), ("User-Agent", "assay/\(ProgramVersion.current)"),
            ("webhook-id", delivery.event), ("webhook-timestamp", String(seconds)),
            ("webhook-signature", signatures.joined(separator: " ")),
        ] { request.headers.add(name: name, value: value) }
        return request
    }
}
