import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

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
        configuration.tlsConfiguration = tls(ProcessInfo.processInfo.environment)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// TLS as the variables say: `ASSAY_CA_FILE` names CAs beside the system's, `ASSAY_CLIENT_CERTIFICATE` and
    /// `ASSAY_CLIENT_KEY` what the client shows. All are PEM files; one that cannot be used ends the connection, not the
    /// checks.
    private static func tls(_ environment: [String: String]) -> TLSConfiguration {
        func file(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorities = file("ASSAY_CA_FILE") { configuration.additionalTrustRoots = [.file(authorities)] }
        if let certificate = file("ASSAY_CLIENT_CERTIFICATE"), let key = file("ASSAY_CLIENT_KEY"),
            let chain = try? NIOSSLCertificate.fromPEMFile(certificate),
            let key = try? NIOSSLPrivateKey(file: key, format: .pem)
        {
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(key)
        }
        return configuration
    }

    /// The longest time until a response begins, upload included; silence ends a request much earlier.
    static let deadline = TimeAmount.hours(24)
    /// The largest JSON answer that is held in memory, in bytes.
    static let largestDocument = 64 << 20
}
