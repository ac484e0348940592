import Configuration
import Foundation
package import Registry
import RegistryServer
import RegistryTypes

/// Where a server keeps its data and listens.
package struct ServerConfiguration: Sendable, Equatable {
    /// The folder that holds everything; made if it is new.
    package var dataFolder: String
    /// The address to listen on.
    package var host: String
    /// The port to listen on; 0 takes a free one.
    package var port: Int
    /// How long bytes stay that nothing needs.
    package var collectionGrace: TimeSpan
    /// How often such bytes are collected; zero for never.
    package var collectionInterval: TimeSpan
    /// Whether jobs are carried out here.
    package var hasWorker: Bool
    /// `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    package var logLevel: String
    /// Bytes of the disk that uploads leave free; by default 1 GiB or 2 %, if that is more.
    package var minimumFree: ByteCount?
    /// The connections that are open at once, in all and from one address.
    package var mostConnections: Int
    package var mostConnectionsPerAddress: Int
    /// The reproductions that wait and run at once.
    package var jobLimits: JobLimits
    /// The files of the certificate, its key, and the CAs of clients; without the first two there is no TLS.
    package var tlsCertificate: String?
    package var tlsKey: String?
    package var tlsClientCA: String?

    /// Reads environment variables below what flags say: `ASSAY_DATA`, `ASSAY_HOST`, `ASSAY_PORT`, `ASSAY_WORKER`,
    /// `ASSAY_GC_GRACE`, `ASSAY_GC_INTERVAL`, `ASSAY_LOG_LEVEL`, `ASSAY_MIN_FREE`, `ASSAY_MAX_CONNECTIONS`,
    /// `ASSAY_MAX_CONNECTIONS_PER_ADDRESS`, `ASSAY_MAX_RUNNING_JOBS`, `ASSAY_MAX_WAITING_JOBS`, `ASSAY_TLS_CERTIFICATE`,
    /// `ASSAY_TLS_KEY`, `ASSAY_TLS_CLIENT_CA`.
    ///
    /// Throws `invalid-request` for a value that is none.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let set = environment.filter { !$0.value.isEmpty }
        let reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: set))
        dataFolder = reader.string(forKey: "assay.data", default: "assay-data")
        host = reader.string(forKey: "assay.host", default: "127.0.0.1")
        let portText = reader.string(forKey: "assay.port", default: "7447")
        guard let port = Int(portText), (0...65535).contains(port) else {
            throw RegistryError(.invalidRequest, "ASSAY_PORT is \"\(portText)\", not a port from 0 to 65535")
        }
        self.port = port
        switch reader.string(forKey: "assay.worker", default: "on").lowercased() {
        case "on", "true", "1": hasWorker = true
        case "off", "false", "0": hasWorker = false
        case let other: throw RegistryError(.invalidRequest, "ASSAY_WORKER is \"\(other)\"; say on or off")
        }
        collectionGrace = try TimeSpan(reader.string(forKey: "assay.gc.grace", default: "24h"))
        collectionInterval = try TimeSpan(reader.string(forKey: "assay.gc.interval", default: "24h"))
        logLevel = reader.string(forKey: "assay.log.level", default: "info")
        tlsCertificate = reader.string(forKey: "assay.tls.certificate")
        tlsKey = reader.string(forKey: "assay.tls.key")
        tlsClientCA = reader.string(forKey: "assay.tls.client.ca")
        minimumFree = try reader.string(forKey: "assay.min.free").map { try ByteCount($0) }
        func count(_ name: String, default number: Int) throws -> Int {
            let key = name.lowercased().replacing("_", with: ".")
            let text = reader.string(forKey: ConfigKey(key), default: String(number))
            guard let count = Int(text), count > 0 else {
                throw RegistryError(.invalidRequest, "\(name) is \"\(text)\", not a number above 0")
            }
            return count
        }
        let limits = ConnectionLimits()
        mostConnections = try count("ASSAY_MAX_CONNECTIONS", default: limits.connections)
        mostConnectionsPerAddress = try count(
            "ASSAY_MAX_CONNECTIONS_PER_ADDRESS", default: limits.connectionsPerAddress)
        let jobs = JobLimits()
        jobLimits = JobLimits(
            queuedPerNamespace: try count("ASSAY_MAX_WAITING_JOBS", default: jobs.queuedPerNamespace),
            running: try count("ASSAY_MAX_RUNNING_JOBS", default: jobs.running))
    }

    /// The files for TLS, or nil without it; throws `invalid-request` for a part of them.
    func tlsFiles() throws -> TLSIdentity.Files? {
        guard tlsCertificate != nil || tlsKey != nil || tlsClientCA != nil else { return nil }
        guard let tlsCertificate, let tlsKey else {
            throw RegistryError(.invalidRequest, "TLS needs both --tls-certificate and --tls-key")
        }
        return TLSIdentity.Files(certificate: tlsCertificate, key: tlsKey, clientCA: tlsClientCA)
    }
}
