import Foundation
import Testing

/// Secrets pushed in by every way there is come out by none: not in a log, an answer, the database, or a command line.
@Suite(.serialized) struct CanaryTests {
    /// One word for each way, so that a find says which one leaked.
    private static let ways = [
        "bearer", "basic", "cookie", "apikey", "proxy", "userinfo", "query", "form", "claims", "clientsecret",
        "variable",
        "identity", "gitremote", "keysurl", "tokenfile", "member", "idempotency",
    ]

    private static func canary(_ way: String) -> String { "canary-\(way)-5e0c1a77" }

    @Test func noSecretComesOutAgain() async throws {
        let scratch = try Scratch()
        let log = scratch.path + "/server.log"
        // The server becomes the process that bash was, and what it says goes to a file as well.
        let launcher = ["/bin/bash", "-c", "exec \"$@\" 2> >(tee \"\(log)\" >&2)", "server"]
        try await World.run(
            scratch, environment: ["ASSAY_LOG_LEVEL": "trace", "SWIFT_BACKTRACE": "enable=no"], launcher: launcher
        ) { world in
            let answers = try await Self.push(everythingInto: world)
            let commandLines = try Self.commandLines(of: world.server)
            try await Self.crash(world.server)
            var places: [(String, Data)] = [
                ("answers", Data(answers.utf8)), ("command lines", Data(commandLines.utf8)),
            ]
            places.append(("log", FileManager.default.contents(atPath: log) ?? Data()))
            places += try Self.files(below: world.server.data)
            #expect(places.count > 6 && (places.first { $0.0 == "log" }?.1.count ?? 0) > 100)
            for way in Self.ways {
                let canary = Data(Self.canary(way).utf8)
                for (place, bytes) in places {
                    #expect(bytes.range(of: canary) == nil, "\(canary) of the way \(way) is in \(place)")
                }
            }
            // Neither are the secrets of the tokens that were used.
            for person in [Person.admin, .mia] {
                let secret = Data(try world.token(of: person).suffix(64).utf8)
                for (place, bytes) in places where !place.hasSuffix("/admin-token") {
                    #expect(bytes.range(of: secret) == nil, "the secret of \(person) is in \(place)")
                }
            }
        }
    }

    /// Sends each canary by its way; returns all that was answered and printed, but for what a client echoes of its own
    /// command line.
    private static func push(everythingInto world: World) async throws -> String {
        var said = ""
        let jwt = ["{\"alg\":\"RS256\",\"kid\":\"\(canary("claims"))\"}", "{\"iss\":\"\(canary("claims"))\"}", "x"]
            .map { Data($0.utf8).base64EncodedString().replacing("=", with: "") }.joined(separator: ".")
        let basic = Data("me:\(canary("basic"))".utf8).base64EncodedString()
        for headers in [
            ["Authorization: Bearer \(canary("bearer"))"], ["Authorization: Basic \(basic)"],
            ["Cookie: session=\(canary("cookie"))"], ["X-Api-Key: \(canary("apikey"))"],
            ["Proxy-Authorization: Bearer \(canary("proxy"))"],
        ] {
            let answer = try await world.http("GET", "whoami", as: nil, headers: headers)
            #expect(answer.status == 401)
            said += String(decoding: answer.body, as: UTF8.self)
        }
        let signedIn = try await world.http("GET", "models?token=\(canary("query"))&cursor=\(canary("query"))")
        said += String(decoding: signedIn.body, as: UTF8.self)
        let member = try await world.http(
            "POST", "tokens", as: .admin, body: #"{"principal":"x","password":"\#(canary("member"))"}"#)
        #expect(member.status == 400)
        said += String(decoding: member.body, as: UTF8.self)
        let key = try await world.http(
            "POST", "namespaces", as: .admin, body: #"{"name":"keyed"}"#,
            headers: ["Idempotency-Key: not a key \(canary("idempotency"))"])
        #expect(key.status == 400)
        said += String(decoding: key.body, as: UTF8.self)
        let address = try await world.http(
            "POST", "identity-providers", as: .admin,
            body:
                #"{"name":"ci","kind":"other","issuer":"i","audience":"a","keysURL":"https://me:\#(canary("keysurl"))@ci.example.org/"}"#
        )
        #expect(address.status == 400)
        said += String(decoding: address.body, as: UTF8.self)

        let unset = ["ASSAY_TOKEN": ""]
        let script = """
            for token in '\(canary("form"))' '\(jwt)'; do
                curl -sS --max-time 20 "$ASSAY_URL/oauth/token" -d client_secret=\(canary("clientsecret")) \\
                    -d grant_type=urn:ietf:params:oauth:grant-type:token-exchange \\
                    -d subject_token_type=urn:ietf:params:oauth:token-type:id_token --data-urlencode "subject_token=$token"
            done
            ASSAY_TOKEN=\(canary("variable")) $ASSAY list
            ASSAY_OIDC_TOKEN=\(canary("identity")) $ASSAY login --exchange
            printf \(canary("tokenfile")) > token; $ASSAY login --token-file token; rm token
            ASSAY_URL=$(echo "$ASSAY_URL" | sed 's|//|//me:\(canary("userinfo"))@|') $ASSAY list
            """
        let refused = try await world.shell(script, environment: unset)
        said += refused.output + refused.error

        let pushed = try await world.shell(
            """
            set -e
            mkdir work && cd work && git init -q . && echo weights > weights.bin && git add . && git commit -qm first
            git remote add origin https://me:\(canary("gitremote"))@git.example.org/tide.git
            $ASSAY push tide/levels weights.bin
            $ASSAY show tide/levels:1 --json
            $ASSAY lineage tide/levels:1
            """)
        #expect(pushed.code == 0, "\(pushed.error)")
        #expect(pushed.output.contains("git.example.org/tide"), "\(pushed.output)")
        let audit = try await world.assay("audit", "log", "--json", as: .admin)
        return said + pushed.output + pushed.error + audit.output
    }

    /// Has the server end as a fault in it would: what it says then, and leaves, holds nothing either.
    private static func crash(_ server: Server) async throws {
        kill(server.processID, SIGSEGV)
        let status = "/proc/\(server.processID)/status"
        func hasEnded() -> Bool {
            (try? String(contentsOfFile: status, encoding: .utf8))?.contains(/State:\s+[ZX]/) ?? true
        }
        for _ in 0..<400 where !hasEnded() { try await Task.sleep(for: .milliseconds(50)) }
        #expect(hasEnded())
    }

    /// The command lines of the server and of what it started.
    private static func commandLines(of server: Server) throws -> String {
        ([server.processID] + server.descendants).compactMap {
            FileManager.default.contents(atPath: "/proc/\($0)/cmdline").map { String(decoding: $0, as: UTF8.self) }
        }.joined(separator: "\n")
    }

    /// All that the server has written.
    private static func files(below folder: String) throws -> [(String, Data)] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return names.compactMap { name in
            let path = folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                return nil
            }
            return FileManager.default.contents(atPath: path).map { (path, $0) }
        }
    }
}
