import Foundation
import RegistryTypes
import Testing

/// An operation of the contract with a request that works, made by somebody who may: what an attack changes.
struct AttackedRoute: Sendable {
    let operation: Operation
    let trial: Trial
    private let world: MatrixWorld

    /// All operations that are tried.
    static func all(_ world: MatrixWorld) throws -> [AttackedRoute] {
        try Operation.all().compactMap { operation in
            Trial.all[operation.name.replacing(" /api/v1/", with: " ", maxReplacements: 1)].map {
                AttackedRoute(operation: operation, trial: $0, world: world)
            }
        }
    }

    var method: String { String(operation.name.prefix { $0 != " " }) }
    var isHead: Bool { method == "HEAD" }

    /// The token of who has the right.
    private var token: String {
        switch operation.permission {
        case "worker token": world.session.tokens["worker"] ?? ""
        case "job token": world.jobTokens.first { trial.path.contains($0.key) }?.value ?? ""
        default: world.session.tokens["root"] ?? ""
        }
    }

    /// The path of the trial, filled in and without its query.
    var path: String { String(world.filled(trial.path).prefix { $0 != "?" }) }

    /// Documents that the operation takes: that of the trial, and for the push of a model one with a recipe.
    var documents: [JSONValue] {
        get throws {
            guard operation.document != nil, let body = trial.body else { return [] }
            let bodies = operation.document == "CreateModelVersion" ? [body, world.trained] : [body]
            return try bodies.map { try JSONParser.parse(Data(world.filled($0).utf8)) }
        }
    }

    /// The names of the path's parameters, in their order, and the paths with something else in the place of each.
    func paths(with text: String) -> [(parameter: String, path: String)] {
        let template = operation.name.split(separator: "/").dropFirst(3)
        var parts = path.split(separator: "/").map(String.init)
        if template.count < parts.count { parts[(template.count - 1)...] = ["all that follows"] }
        return zip(template, parts.indices).filter { $0.0.hasPrefix("{") }.map { name, index in
            var changed = parts
            changed[index] = text
            return (String(name), changed.joined(separator: "/"))
        }
    }

    /// The request, byte for byte.
    ///
    /// - Parameters:
    ///   - path: what stands behind `/api/v1/`; nil for the path of the trial.
    ///   - body: nil for the body of the trial.
    ///   - headers: lines in the place of the token's.
    func request(path: String? = nil, query: String = "", body: Data? = nil, headers: [String]? = nil) -> Data {
        let body = body ?? trial.body.map { Data(world.filled($0).utf8) }
        let type = operation.document == nil ? "application/octet-stream" : "application/json"
        var lines = ["\(method) /api/v1/\(path ?? self.path)\(query) HTTP/1.1", "Host: a"]
        lines += headers ?? ["Authorization: Bearer \(token)"]
        if operation.name.hasPrefix("PUT"), trial.path.contains("uploads/") {
            lines.append("Content-Range: bytes 0-2/7")
        }
        if let body { lines += ["Content-Type: \(type)", "Content-Length: \(body.count)"] }
        return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? Data())
    }

    /// The query of the trial, for operations that need one.
    var query: String { String(world.filled(trial.path).drop { $0 != "?" }) }
}
