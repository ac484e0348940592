import ArgumentParser
import Foundation
import Hummingbird
import Logging
import NIOCore
import Registry
import RegistryServer
import RegistryTypes
import ServiceLifecycle
import UnixSignals

/// `assay serve`: the registry's server, with its worker.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the registry.",
        discussion: """
            Everything is kept in the data folder. The first start makes an administrator and writes the token to the \
            file admin-token there. Flags stand over ASSAY_DATA, ASSAY_HOST, ASSAY_PORT, ASSAY_WORKER, \
            ASSAY_GC_GRACE, ASSAY_GC_INTERVAL, ASSAY_LOG_LEVEL, ASSAY_MIN_FREE, ASSAY_MAX_CONNECTIONS, \
            ASSAY_MAX_CONNECTIONS_PER_ADDRESS, ASSAY_SCRUB_RATE, ASSAY_SCRUB_DAYS, ASSAY_BACKUPS, \
            ASSAY_BACKUP_INTERVAL, ASSAY_BACKUP_KEEP, ASSAY_MAX_RUNNING_JOBS, ASSAY_MAX_WAITING_JOBS, \
            ASSAY_TLS_CERTIFICATE, ASSAY_TLS_KEY, ASSAY_TLS_CLIENT_CA, ASSAY_LOG_FOLDER, ASSAY_LOG_GIT, \
            ASSAY_LOG_INTERVAL and ASSAY_WEBHOOK_ALLOW.
            """)

    /// How long requests under way may take after the signal to end.
    private static let shutdownGrace = Duration.seconds(20)

    @Option(help: "The data folder.", completion: .directory) var data: String?
    @Option(help: "The address to listen on.") var host: String?
    @Option(help: "The port to listen on; 0 takes a free one.") var port: Int?
    @Flag(inversion: .prefixedNo, help: "Carry out reproductions on this machine, or only queue them.") var worker:
        Bool?
    @Option(
        help: "How long bytes stay that nothing needs: 90s, 30m, 24h or 7d.", transform: { try TimeSpan($0) })
    var gcGrace: TimeSpan?
    @Option(help: "How often such bytes are collected; 0 for never by itself.", transform: { try TimeSpan($0) })
    var gcInterval: TimeSpan?
    @Option(help: "Bytes of the disk that uploads leave free, as 512MiB; 1 GiB or 2 % of it, if that is more.")
    var minFree: ByteCount?
    @Option(help: "The most connections at once.") var maxConnections: Int?
    @Option(help: "The most connections at once from one address.") var maxConnectionsPerAddress: Int?
    @Option(help: "The most reproductions that run at once, on all workers.") var maxRunningJobs: Int?
    @Option(help: "The most reproductions of one namespace that wait.") var maxWaitingJobs: Int?
    @Option(
        help: "The file with the certificate to show, in PEM form; the server then speaks TLS.", completion: .file())
    var tlsCertificate: String?
    @Option(help: "The file with its private key, in PEM form.", completion: .file()) var tlsKey: String?
    @Option(
        help: "The file with the CAs whose clients' certificates are believed, in PEM form.", completion: .file())
    var tlsClientCA: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel: String?
    @OptionGroup var upkeep: UpkeepOptions
    @OptionGroup var delivery: DeliveryOptions
    @OptionGroup var outbound: OutboundOptions

    func run() async throws {
        let settings = try settings()
        let upkeep = try upkeep.configuration()
        let shipping = try delivery.configuration()
        let destinations = try shipping.destinations(dataFolder: settings.dataFolder)
        let rules = try outbound.rules()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "assay")
        guard let level = Logger.Level(rawValue: settings.logLevel) else {
            throw RegistryError(.invalidRequest, "\"\(settings.logLevel)\" is not a log level")
        }
        logger.logLevel = level
        let registry = try open(settings, backups: upkeep.backups, logger)
        let file = AdminToken(dataFolder: settings.dataFolder)
        if try await registry.bootstrap(keep: file.write) != nil {
            Self.say("the first administrator's token is in \(file.path)")
        }
        try await registry.prepareSigningKey()
        let shipper = CheckpointShipper(
            registry: registry, destinations: destinations + [WebhookDestination(registry: registry)],
            interval: shipping.interval.duration, logger: logger)
        try await serve(registry, settings, upkeep, shipper, rules, logger)
        try registry.close()
    }

    private func open(_ settings: ServerConfiguration, backups: String?, _ logger: Logger) throws -> ModelRegistry {
        let registry = try ModelRegistry(
            dataFolder: settings.dataFolder, backups: backups, minimumFree: settings.minimumFree?.bytes,
            collectionGrace: settings.collectionGrace.milliseconds, jobLimits: settings.jobLimits
        ) { Int64(Date().timeIntervalSince1970 * 1000) }
        registry.observeFault { [logger] fault in
            logger.critical("THE STORE IS DEGRADED and only answers reads", metadata: ["fault": "\(fault)"])
        }
        for digest in registry.doubtedBlobs {
            logger.critical("A BLOB IS DAMAGED and not served; push it again", metadata: ["blob": "\(digest)"])
        }
        return registry
    }

    private func settings() throws -> ServerConfiguration {
        var settings = try ServerConfiguration()
        settings.dataFolder = URL(filePath: data ?? settings.dataFolder).standardizedFileURL.path(percentEncoded: false)
        settings.host = host ?? settings.host
        settings.port = port ?? settings.port
        settings.hasWorker = worker ?? settings.hasWorker
        settings.collectionGrace = gcGrace ?? settings.collectionGrace
        settings.collectionInterval = gcInterval ?? settings.collectionInterval
        settings.logLevel = logLevel ?? settings.logLevel
        settings.minimumFree = minFree ?? settings.minimumFree
        settings.mostConnections = maxConnections ?? settings.mostConnections
        settings.mostConnectionsPerAddress = maxConnectionsPerAddress ?? settings.mostConnectionsPerAddress
        settings.jobLimits.running = maxRunningJobs ?? settings.jobLimits.running
        settings.jobLimits.queuedPerNamespace = maxWaitingJobs ?? settings.jobLimits.queuedPerNamespace
        settings.tlsCertificate = tlsCertificate ?? settings.tlsCertificate
        settings.tlsKey = tlsKey ?? settings.tlsKey
        settings.tlsClientCA = tlsClientCA ?? settings.tlsClientCA
        guard settings.jobLimits.running > 0, settings.jobLimits.queuedPerNamespace > 0 else {
            throw RegistryError(.invalidRequest, "the most jobs are a number above 0")
        }
        guard settings.mostConnections > 0, settings.mostConnectionsPerAddress > 0 else {
            throw RegistryError(.invalidRequest, "the most connections are a number above 0")
        }
        guard (0...65535).contains(settings.port) else {
            throw RegistryError(.invalidRequest, "\(settings.port) is not a port from 0 to 65535")
        }
        return settings
    }

    private func serve(
        _ registry: ModelRegistry, _ settings: ServerConfiguration, _ upkeep: UpkeepConfiguration,
        _ shipper: CheckpointShipper, _ rules: OutboundRules, _ logger: Logger
    ) async throws {
        let tls = try settings.tlsFiles().map { try TLSIdentity($0) }
        let address = ListeningAddress()
        let application = RegistryServer.application(
            registry,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "assay", backlog: 1024),
            limits: try limits(settings, logger), tls: tls, outbound: rules, logger: logger
        ) { channel in
            guard let url = address.set(channel.localAddress, isSecure: tls != nil) else { return }
            Self.say("listening on \(url), data in \(settings.dataFolder)")
        }
        // Services end in the opposite order: the log is signed once more when nothing is asked any longer, then delivered.
        let sender = WebhookSender(rules: rules) { registry.now }
        var services: [any Service] = [
            WebhookDispatcher(registry: registry, sender: sender, logger: logger), shipper,
            Checkpointer(registry: registry, logger: logger),
            application, GoodMarkKeeper(registry: registry, logger: logger),
            TokenUseKeeper(registry: registry, logger: logger),
            GarbageCollector(registry: registry, interval: settings.collectionInterval, logger: logger),
            UpkeepRunner(registry: registry, settings: upkeep, logger: logger),
            Scheduler(registry: registry, logger: logger),
        ]
        if upkeep.scrubRate > 0, upkeep.scrubDays > 0 {
            services.append(
                Scrubber(
                    registry: registry, rate: upkeep.scrubRate * 1_000_000, days: upkeep.scrubDays, logger: logger))
        }
        var workerAddress = address
        if let tls {
            services.append(CertificateWatcher(identity: tls, logger: logger))
            // Its own worker speaks to the server in the clear, on an address of this machine: the certificate is for the
            // name by which others know the server.
            let local = ListeningAddress()
            workerAddress = local
            if settings.hasWorker {
                services.append(
                    RegistryServer.application(
                        registry,
                        configuration: ApplicationConfiguration(
                            address: .hostname("127.0.0.1", port: 0), serverName: "assay"), logger: logger
                    ) { channel in _ = local.set(channel.localAddress, isSecure: false) })
            }
        }
        // Services end in the opposite order: first the worker gives its job back, then the others are let go.
        services.append(NotifierCloser(registry: registry))
        services.append(JobSweeper(registry: registry, logger: logger))
        if settings.hasWorker {
            services.append(EmbeddedWorker(registry: registry, address: workerAddress, logger: logger))
        } else {
            registry.ownWorker.state = .off
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = Self.shutdownGrace
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw RegistryError(
                .conflict,
                "port \(settings.port) on \(settings.host) is taken by another program; stop it or choose another --port"
            )
        } catch let error as IOError where [EACCES, EADDRNOTAVAIL].contains(error.errnoCode) {
            throw RegistryError(
                .conflict,
                "cannot listen on \(settings.host):\(settings.port): \(String(cString: strerror(error.errnoCode))); "
                    + "choose another --host or --port")
        }
    }

    private func limits(_ settings: ServerConfiguration, _ logger: Logger) throws -> ConnectionLimits {
        let files = OpenFileLimit.raise()
        guard files >= OpenFileLimit.least else {
            throw RegistryError(
                .invalidRequest,
                "a server needs \(OpenFileLimit.least) descriptors and may have \(files); raise the hard limit, as with "
                    + "`ulimit -Hn 65536`")
        }
        var limits = ConnectionLimits()
        limits.connections = min(settings.mostConnections, OpenFileLimit.connections(of: files))
        limits.connectionsPerAddress = min(settings.mostConnectionsPerAddress, limits.connections)
        logger.info(
            "limits", metadata: ["openFiles": "\(files)", "connections": "\(limits.connections)"])
        return limits
    }

    /// Tells the operator; standard error, for standard output may be a pipe that nobody reads.
    private static func say(_ sentence: String) {
        FileHandle.standardError.write(Data("assay: \(sentence)\n".utf8))
    }
}
