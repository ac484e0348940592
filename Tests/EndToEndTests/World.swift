import Foundation
import RegistryTypes
import Testing

/// A server with the namespace `tide` and the people in it.
struct World: Sendable {
    let server: Server
    let scratch: Scratch

    /// The variables of every program: nothing of whoever runs the tests is read, and no CI system seems to be there.
    func environment(of person: Person?) throws -> [String: String] {
        var variables = [
            "ASSAY_URL": server.url, "ASSAY": Tool.assay, "DATA": server.data, "HOME": scratch.path + "/home",
            "NO_COLOR": "1", "TMPDIR": scratch.path + "/tmp",
        ]
        for (name, value) in Project.gitEnvironment { variables[name] = value }
        if let person { variables["ASSAY_TOKEN"] = try token(of: person) }
        return variables
    }

    /// A person's token.
    func token(of person: Person) throws -> String {
        guard person != .admin else { return try server.adminToken }
        return try String(contentsOfFile: scratch.path + "/tokens/\(person)", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs the command line.
    func assay(
        _ arguments: String..., as person: Person = .mia, in folder: String? = nil,
        environment extra: [String: String] = [:]
    ) async throws -> Tool.Outcome {
        let variables = try environment(of: person).merging(extra) { $1 }
        return try await Tool.run(Tool.assay, arguments, environment: variables, folder: folder ?? scratch.path)
    }

    /// Runs a script, in which `$ASSAY` is the command line.
    func shell(
        _ script: String, as person: Person = .mia, in folder: String? = nil, environment extra: [String: String] = [:]
    ) async throws -> Tool.Outcome {
        let variables = try environment(of: person).merging(extra) { $1 }
        return try await Tool.run(
            "/bin/sh", ["-c", script], environment: variables, folder: folder ?? scratch.path)
    }

    /// Sends a request below `/api/v1/`, exactly as it stands, with curl.
    func http(
        _ method: String, _ path: String, as person: Person? = .mia, body: String? = nil, file: String? = nil,
        headers: [String] = []
    ) async throws -> Answer {
        let place = scratch.path + "/answer-\(UUID())"
        var arguments = ["-sS", "--max-time", "60", "--path-as-is", "-o", place, "-w", "%{http_code}"]
        if method == "HEAD" { arguments.append("-I") } else { arguments += ["-X", method] }
        if let person { arguments += ["-H", "Authorization: Bearer \(try token(of: person))"] }
        if let body { arguments += ["-H", "Content-Type: application/json", "--data-binary", body] }
        if let file { arguments += ["--data-binary", "@" + file] }
        for header in headers { arguments += ["-H", header] }
        let outcome = try await Tool.run("/usr/bin/curl", arguments + ["\(server.url)/api/v1/\(path)"])
        return Answer(
            status: Int(outcome.output) ?? 0, body: FileManager.default.contents(atPath: place) ?? Data())
    }

    /// How many versions of a model or dataset (`models/tide/levels`) there are.
    func versions(of collection: String) async throws -> Int {
        let answer = try await http("GET", "\(collection)/versions", as: .otto)
        guard answer.status == 200 else { return 0 }
        return try answer.json["items"]?.array?.count ?? -1
    }

    /// Where the store keeps the bytes of a file that was pushed.
    func stored(_ bytes: Data) -> String {
        let hex = Digest.of(bytes).hex
        return "\(server.data)/blobs/sha256/\(hex.prefix(2))/\(hex)"
    }

    /// The uploads that were begun and not ended.
    var uploads: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: server.data + "/uploads") }
    }

    /// Runs a server with people while `body` runs.
    static func run(
        _ scratch: Scratch, environment: [String: String] = [:], launcher: [String] = [],
        _ body: @Sendable @escaping (World) async throws -> Void
    ) async throws {
        for folder in ["home", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
        }
        var environment = environment
        environment["TMPDIR"] = scratch.path + "/tmp"
        try await Server.run(
            data: scratch.path + "/server", environment: environment, launcher: launcher
        ) { server in
            let world = World(server: server, scratch: scratch)
            if !FileManager.default.fileExists(atPath: scratch.path + "/tokens") { try await world.settle() }
            try await body(world)
        }
    }

    /// Makes the namespace and the tokens.
    private func settle() async throws {
        let made = try await assay("namespace", "create", "tide", as: .admin)
        try #require(made.code == 0, "\(made.error)")
        for person in Person.allCases where person != .admin {
            let roles = person.roles.map { "--role \($0)" }.joined(separator: " ")
            let script = "$ASSAY token create --principal \(person) --namespace tide \(roles)"
            let token = try await shell(script, as: .admin)
            try #require(token.code == 0, "\(token.error)")
            try scratch.write("tokens/\(person)", Data(token.output.utf8))
        }
    }
}
