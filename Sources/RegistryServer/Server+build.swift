package import Hummingbird
package import Registry

/// The composition root of the HTTP side.
package enum RegistryServer {
    /// The server of a registry: routes and middleware, listening where the configuration says.
    package static func application(
        _ registry: ModelRegistry, configuration: ApplicationConfiguration = ApplicationConfiguration()
    ) -> some ApplicationProtocol {
        let router = Router(context: RegistryRequestContext.self)
        router.add(middleware: ErrorMiddleware())
        HealthRoutes().add(to: router)
        let native = router.group("api/v1").add(middleware: AuthenticationMiddleware(registry: registry))
        NamespaceRoutes(registry: registry).add(to: native)
        BlobRoutes(registry: registry).add(to: native)
        FileRoutes(registry: registry).add(to: native)
        return Application(router: router, configuration: configuration)
    }
}
