import Hummingbird

/// What probes ask, without a token.
struct HealthRoutes {
    func add(to router: Router<RegistryRequestContext>) {
        router.get("healthz") { _, _ in "ok\n" }
    }
}
