import AsyncHTTPClient
import NIOCore

/// The connections that all clients of a process share.
enum Transport {
    /// Never shut down: it lives as long as the process, as AsyncHTTPClient's own shared client does.
    static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // A silence of five minutes: the server re-reads what was pushed before it answers.
        configuration.timeout = .init(connect: .seconds(10), read: .minutes(5))
        // Refused connections are reported at once; `RetryPolicy` decides about another try.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The longest time until a response begins, upload included; silence ends a request much earlier.
    static let deadline = TimeAmount.hours(24)
    /// The largest JSON answer that is held in memory, in bytes.
    static let largestDocument = 64 << 20
}
