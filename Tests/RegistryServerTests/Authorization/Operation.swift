import APIContract
import Testing
import Yams

/// An operation of `openapi/openapi.yaml`, with the right that it says it needs.
struct Operation: Hashable, Sendable {
    /// `GET /api/v1/models/{namespace}/{name}`
    let name: String
    /// `x-permission`; nil for what anybody may ask.
    let permission: String?

    /// All operations of the contract.
    static func all() throws -> [Operation] {
        let document = try #require(try Yams.load(yaml: APIContract.document) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let methods: Set<String> = ["get", "head", "put", "post", "delete", "patch"]
        return paths.flatMap { path, item in
            item.filter { methods.contains($0.key) }.map { method, operation in
                let members = operation as? [String: Any]
                let isPublic = (members?["security"] as? [Any])?.isEmpty == true
                return Operation(
                    name: "\(method.uppercased()) \(path)",
                    permission: isPublic ? nil : members?["x-permission"] as? String ?? "")
            }
        }.sorted { $0.name < $1.name }
    }
}
