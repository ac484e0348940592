package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
package import Registry

/// The composition root of the HTTP side.
package enum RegistryServer {
    /// All routes of a registry.
    ///
    /// - Parameter outbound: where webhooks may be.
    package static func router(
        _ registry: ModelRegistry, outbound: OutboundRules
    ) -> Router<RegistryRequestContext> {
        let router = Router(context: RegistryRequestContext.self)
        let counters = RequestCounters()
        router.add(middleware: CountingMiddleware(counters: counters))
        let allowed = AllowedMethods()
        let failures = FailedAttempts()
        router.add(middleware: BrowserMiddleware())
        router.add(middleware: ErrorMiddleware(allowed: allowed))
        HealthRoutes(registry: registry, counters: counters).add(to: router)
        EvidenceRoutes(registry: registry).addPublic(to: router)
        TokenExchangeRoutes(registry: registry, failures: failures).add(to: router)
        let authentication = AuthenticationMiddleware(registry: registry, failures: failures)
        let native = router.group("api/v1")
            .add(middleware: authentication)
            .add(middleware: AdmissionMiddleware(registry: registry))
            .add(middleware: IdempotencyMiddleware())
        NamespaceRoutes(registry: registry).add(to: native)
        BlobRoutes(registry: registry).add(to: native)
        UploadRoutes(registry: registry).add(to: native)
        FileRoutes(registry: registry).add(to: native)
        CollectionRoutes(registry: registry).add(to: native)
        VersionRoutes(registry: registry).add(to: native)
        AliasRoutes(registry: registry).add(to: native)
        DecisionRoutes(registry: registry).add(to: native)
        PolicyRoutes(registry: registry).add(to: native)
        PrincipalRoutes(registry: registry).add(to: native)
        MemberRoutes(registry: registry).add(to: native)
        IdentityRoutes(registry: registry).add(to: native)
        CertificateRoutes(registry: registry).add(to: native)
        RunRoutes(registry: registry).add(to: native)
        LineageRoutes(registry: registry).add(to: native)
        SearchRoutes(registry: registry).add(to: native)
        AuditRoutes(registry: registry).add(to: native)
        LogRoutes(registry: registry).add(to: native)
        EventRoutes(registry: registry, authentication: authentication).add(to: native)
        WebhookRoutes(registry: registry, rules: outbound).add(to: native)
        ReproductionRoutes(registry: registry).add(to: native)
        DifferenceRoutes(registry: registry).add(to: native)
        EvidenceRoutes(registry: registry).add(to: native)
        JobRoutes(registry: registry).add(to: native)
        WorkerRoutes(registry: registry).add(to: native)
        UpkeepRoutes(registry: registry).add(to: native)
        RetentionRoutes(registry: registry).add(to: native)
        ScheduleRoutes(registry: registry).add(to: native)
        HoldRoutes(registry: registry).add(to: native)
        GarbageCollectionRoutes(registry: registry).add(to: native)
        allowed.learn(from: router)
        return router
    }

    /// The server of a registry, listening where the configuration says.
    ///
    /// - Parameters:
    ///   - tls: what the server shows; without it connections are in the clear.
    ///   - outbound: where webhooks may be.
    ///   - onRunning: called with the listening channel once connections are accepted.
    package static func application(
        _ registry: ModelRegistry, configuration: ApplicationConfiguration = ApplicationConfiguration(),
        limits: ConnectionLimits = ConnectionLimits(), tls: TLSIdentity? = nil,
        outbound: OutboundRules = .publicInternet, logger: Logger? = nil,
        onRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let tally = ConnectionTally(limits: limits)
        return Application(
            router: router(registry, outbound: outbound),
            server: HTTPServerBuilder { responder in
                BulkHTTPChannel(base: HTTP1Channel(responder: responder), limits: limits, tally: tally, tls: tls)
            },
            configuration: configuration, onServerRunning: onRunning, logger: logger)
    }
}
