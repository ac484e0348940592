import APIContract
import Foundation
import Hummingbird
import Registry
import RegistryServer
import Testing
import Yams

/// The contract and the routes agree: nothing is served that is not described, nothing described that is not served.
@Suite struct ContractTests {
    /// `GET /api/v1/models/{}/…`: the names of parameters do not matter.
    private static func operation(_ method: String, _ path: String) -> String {
        let segments = path.split(separator: "/").map { segment in
            segment.hasPrefix(":") || segment.hasPrefix("{") || segment == "**" ? "{}" : String(segment)
        }
        return "\(method.uppercased()) /\(segments.joined(separator: "/"))"
    }

    private static func described() throws -> Set<String> {
        let document = try #require(try Yams.load(yaml: APIContract.document) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let methods: Set<String> = ["get", "head", "put", "post", "delete", "patch"]
        return Set(paths.flatMap { path, item in item.keys.filter(methods.contains).map { operation($0, path) } })
    }

    @Test func routesAndContractAgree() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-contract-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let registry = try ModelRegistry(dataFolder: folder, clock: { 0 })
        let served = Set(
            RegistryServer.router(registry, outbound: .publicInternet).routes.map {
                Self.operation($0.method.rawValue, $0.path.description)
            })
        let described = try Self.described()
        #expect(served.subtracting(described).sorted() == [])
        #expect(described.subtracting(served).sorted() == [])
        #expect(described.count > 50)
    }
}
