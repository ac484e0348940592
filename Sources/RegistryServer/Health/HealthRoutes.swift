import APIContract
import HTTPTypes
import Hummingbird
import Registry

/// What probes ask, without a token.
struct HealthRoutes {
    let registry: ModelRegistry
    let counters: RequestCounters

    func add(to router: Router<RegistryRequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("healthz", method: method) { _, _ in "ok\n" }
            router.on("readyz", method: method) { _, _ in
                let state = try await registry.readiness()
                return try Response.json(state, status: state.isReady ? .ok : .serviceUnavailable)
            }
        }
        router.get("api/v1/openapi.yaml") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml"],
                body: .init(byteBuffer: .init(string: APIContract.document)))
        }
        router.get("metrics") { _, _ in
            let text = try await MetricsPage(
                counters: counters.now, gauges: registry.gauges(), integrity: registry.integrityGauges()
            ).text
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: .init(string: text)))
        }
    }
}
