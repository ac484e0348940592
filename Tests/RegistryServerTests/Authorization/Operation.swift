import APIContract
import Testing
import Yams

/// An operation of `openapi/openapi.yaml`, with the right that it says it needs.
struct Operation: Hashable, Sendable {
    /// `GET /api/v1/models/{namespace}/{name}`
    let name: String
    /// `x-permission`; nil for what anybody may ask.
    let permission: String?
    /// The name of the schema of its JSON body; nil for an operation that takes none.
    let document: String?
    /// The names of its query's parameters.
    let queries: [String]

    /// All operations of the contract.
    static func all() throws -> [Operation] {
        let document = try #require(try Yams.load(yaml: APIContract.document) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let components = document["components"] as? [String: [String: Any]]
        let methods: Set<String> = ["get", "head", "put", "post", "delete", "patch"]
        return paths.flatMap { path, item in
            item.filter { methods.contains($0.key) }.map { method, operation in
                let members = operation as? [String: Any]
                let isPublic = (members?["security"] as? [Any])?.isEmpty == true
                return Operation(
                    name: "\(method.uppercased()) \(path)",
                    permission: isPublic ? nil : members?["x-permission"] as? String ?? "",
                    document: Self.document(members), queries: Self.queries(members, components?["parameters"]))
            }
        }.sorted { $0.name < $1.name }
    }

    private static func document(_ operation: [String: Any]?) -> String? {
        let content = (operation?["requestBody"] as? [String: Any])?["content"] as? [String: [String: Any]]
        let schema = content?["application/json"]?["schema"] as? [String: Any]
        return (schema?["$ref"] as? String)?.split(separator: "/").last.map(String.init)
    }

    private static func queries(_ operation: [String: Any]?, _ shared: [String: Any]?) -> [String] {
        (operation?["parameters"] as? [[String: Any]] ?? []).compactMap { parameter in
            let name = (parameter["$ref"] as? String)?.split(separator: "/").last.map(String.init)
            let described = name.map { shared?[$0] as? [String: Any] } ?? parameter
            return described?["in"] as? String == "query" ? described?["name"] as? String : nil
        }
    }
}
