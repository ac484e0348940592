import HTTPTypes
import HummingbirdTesting
import RegistryTypes
import Testing

/// `?at=` over HTTP: what is no time and the future are refused, and bytes are served by the approvals of now.
@Suite struct PastRouteTests {
    @Test func timesOfThePastAndOthers() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            // The clock of the server stands still at 2023-11-14T22:13:20Z.
            let table: [(String, Int)] = [
                ("2023-11-14T22:13:20Z", 200), ("0s", 200), ("2023-11-14", 200), ("1s", 404), ("2023-11-13", 404),
                ("7d", 404), ("2023-11-14T22:13:21Z", 400), ("2024-01-01", 400), ("yesterday", 400), ("", 400),
            ]
            for (time, status) in table {
                let response = try await session.send(.get, "models/demo/house/versions/1?at=\(time)", as: "reader")
                #expect(Int(response.status.code) == status, "\(time): \(response.problem ?? .null)")
            }
            try await session.decide(.approve, version)
            try await session.decide(.withdraw, version)
            let bytes = try await session.send(
                .get, "models/demo/house/versions/1/files/w.bin?at=0s", as: "deployer")
            #expect(bytes.code == "version-not-approved")
            for path in [
                "lineage?ref=model:demo/house:1&at=0s", "models/demo/house/aliases?at=0s",
                "namespaces/demo/policies?at=0s", "models?namespace=demo&at=0s", "models/demo/house/versions?at=0s",
                "search?q=house&at=0s",
            ] {
                let response = try await session.send(.get, path, as: "reader")
                #expect(response.status == .ok, "\(path): \(response.problem ?? .null)")
            }
        }
    }
}
