import Foundation
import Testing

/// Signing in from a CI system, with the built binary and an issuer of the test.
@Suite(.serialized) struct IdentityTests {
    /// Signs tokens with openssl and plays GitHub's end of the job: `ci.py keys`, `ci.py token SUBJECT`, `ci.py serve`.
    private static let issuer = #"""
        import base64, http.server, json, subprocess, sys, time, urllib.parse, uuid
        def b64(data): return base64.urlsafe_b64encode(data).rstrip(b'=').decode()
        def sign(subject, audience):
            head = b64(json.dumps({'alg': 'RS256', 'kid': 'k1', 'typ': 'JWT'}).encode())
            now = int(time.time())
            body = b64(json.dumps({'iss': 'https://ci.example.org', 'aud': audience, 'sub': subject, 'iat': now,
                                   'exp': now + 300, 'jti': str(uuid.uuid4())}).encode())
            signed = f'{head}.{body}'
            made = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', 'key.pem'], input=signed.encode(),
                                  capture_output=True, check=True).stdout
            return f'{signed}.{b64(made)}'
        if sys.argv[1] == 'keys':
            subprocess.run(['openssl', 'genrsa', '-out', 'key.pem', '2048'], check=True, capture_output=True)
            text = subprocess.run(['openssl', 'rsa', '-in', 'key.pem', '-noout', '-modulus'], check=True,
                                  capture_output=True, text=True).stdout
            modulus = bytes.fromhex(text.strip().split('=')[1])
            json.dump({'keys': [{'kty': 'RSA', 'kid': 'k1', 'alg': 'RS256', 'use': 'sig', 'e': 'AQAB',
                                 'n': b64(modulus)}]}, open('jwks.json', 'w'))
        elif sys.argv[1] == 'token':
            print(sign(sys.argv[2], sys.argv[3]))
        else:
            class Handler(http.server.BaseHTTPRequestHandler):
                def log_message(self, *arguments): pass
                def do_GET(self):
                    asked = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
                    known = self.headers.get('Authorization') == 'bearer request-token'
                    self.send_response(200 if known else 403)
                    self.end_headers()
                    if known: self.wfile.write(json.dumps({'value': sign('job:8', asked['audience'][0])}).encode())
            server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
            print(server.server_port, flush=True)
            server.handle_request()
        """#

    private func withIssuer(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
        guard Tool.isThere("/usr/bin/openssl"), Tool.isThere("/usr/bin/python3") else { return }
        let scratch = try Scratch()
        try scratch.write("weights.bin", Data("weights".utf8))
        try scratch.write("ci.py", Data(Self.issuer.utf8))
        try await World.run(scratch) { world in
            let trusted = try await world.shell(
                """
                set -e
                /usr/bin/python3 ci.py keys
                $ASSAY identity provider add ci --kind other --issuer https://ci.example.org \\
                    --audience "$ASSAY_URL" --keys-file jwks.json
                $ASSAY identity rule add job7 --provider ci --claim sub=job:7 --principal bot --scope pusher@tide
                $ASSAY identity rule add job8 --provider ci --claim sub=job:8 --principal hub --scope pusher@tide
                """, as: .admin)
            try #require(trusted.code == 0, "\(trusted.error)")
            try await body(world)
        }
    }

    /// Keys behind a certificate of a CA that only the company knows.
    @Test func keysAreFetchedFromAServerThatACAOfItsOwnVouchesFor() async throws {
        try await withIssuer { world in
            let exchanged = try await world.shell(
                #"""
                set -e
                $ASSAY identity provider remove ci -q
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=company" -keyout ca.key -out ca.pem 2> /dev/null
                openssl req -newkey rsa:2048 -nodes -subj "/CN=keys" -keyout keys.key -out keys.csr 2> /dev/null
                printf "subjectAltName=IP:127.0.0.1\n" > keys.ext
                openssl x509 -req -in keys.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile keys.ext \
                    -out keys.pem 2> /dev/null
                cat > https.py <<'END'
                import http.server, ssl
                server = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain('keys.pem', 'keys.key')
                server.socket = context.wrap_socket(server.socket, server_side=True)
                open('port.new', 'w').write(str(server.server_port))
                import os; os.rename('port.new', 'port')
                server.serve_forever()
                END
                /usr/bin/python3 https.py > /dev/null 2>&1 &
                trap "kill $!" EXIT
                while [ ! -e port ]; do sleep 0.1; done
                echo nonsense > no.pem
                trust() {
                    $ASSAY identity provider add $1 --kind other --issuer https://ci.example.org --audience "$ASSAY_URL" \
                        --keys-url "https://127.0.0.1:$(cat port)/jwks.json" $2
                }
                exchange() {
                    $ASSAY identity rule add $1 --provider $1 --claim sub=job:7 --principal bot --scope pusher@tide
                    export ASSAY_OIDC_TOKEN=$(/usr/bin/python3 ci.py token job:7 "$ASSAY_URL")
                    ASSAY_TOKEN= $ASSAY login --exchange || echo "exit $?"
                }
                if trust broken "--ca-file no.pem"; then exit 90; fi
                trust open
                exchange open
                $ASSAY identity provider remove open -q
                trust own "--ca-file ca.pem"
                exchange own
                """#, as: .admin)
            #expect(exchanged.code == 0, "\(exchanged)")
            #expect(
                exchanged.output.contains("exit ") && exchanged.error.contains("it cannot be reached"), "\(exchanged)")
            #expect(exchanged.output.contains("as bot (service)"), "\(exchanged)")
            #expect(exchanged.error.contains("a CA is given as PEM"), "\(exchanged)")
        }
    }

    @Test func aJobSignsInAndPushesWithoutAStoredSecret() async throws {
        try await withIssuer { world in
            let unset = ["ASSAY_TOKEN": ""]
            let pushed = try await world.shell(
                """
                set -e
                export ASSAY_OIDC_TOKEN=$(/usr/bin/python3 ci.py token job:7 "$ASSAY_URL")
                $ASSAY login --exchange
                stat -c %a "$HOME/.config/assay/credentials.json"
                $ASSAY push tide/levels weights.bin --no-source
                """, environment: unset)
            #expect(pushed.code == 0, "\(pushed.error)")
            #expect(pushed.output.contains("as bot (service)") && pushed.output.contains("tide: pusher"), "\(pushed)")
            #expect(pushed.output.contains("\n600\n"), "\(pushed.output)")
            #expect(try await world.versions(of: "models/tide/levels") == 1)
            // The token that was given for it is listed with its scope and its end.
            let listed = try await world.assay("token", "list", as: .admin)
            #expect(listed.output.contains("pusher@tide") && listed.output.contains("rule job7"), "\(listed.output)")
            // It ends with its rule.
            #expect(try await world.assay("identity", "rule", "remove", "job7", as: .admin).code == 0)
            let after = try await world.shell("$ASSAY list", environment: unset)
            #expect(after.code == 7, "\(after.error)")
        }
    }

    @Test func aTokenIsTakenOnceAndWhatIsWrongIsSaid() async throws {
        try await withIssuer { world in
            let unset = ["ASSAY_TOKEN": ""]
            let again = try await world.shell(
                """
                export ASSAY_OIDC_TOKEN_FILE=$PWD/token
                /usr/bin/python3 ci.py token job:7 "$ASSAY_URL" > token
                $ASSAY login --exchange || exit 99
                $ASSAY login --exchange
                """, environment: unset)
            #expect(again.code == 7 && again.error.contains("was exchanged before"), "\(again)")
            for (command, words) in [
                (#"ASSAY_OIDC_TOKEN=$(/usr/bin/python3 ci.py token job:9 "$ASSAY_URL")"#, "no identity rule"),
                ("ASSAY_OIDC_TOKEN=$(/usr/bin/python3 ci.py token job:7 https://else.example.org)", "audience"),
                ("ASSAY_OIDC_TOKEN=canary-1f2e3d", "not of the form"), ("ASSAY_OIDC_TOKEN=", "no identity token here"),
                ("ASSAY_OIDC_TOKEN_FILE=absent", "cannot be read"),
            ] {
                let refused = try await world.shell("\(command) $ASSAY login --exchange", environment: unset)
                #expect(refused.code == 7 || command.contains("absent"), "\(command): \(refused)")
                #expect(refused.error.contains(words) && !refused.error.contains("canary"), "\(command): \(refused)")
            }
            let both = try await world.shell("$ASSAY login --exchange --token-file x", environment: unset)
            #expect(both.code == 1)
        }
    }

    @Test func gitHubIsAskedForTheServersAudience() async throws {
        try await withIssuer { world in
            let script = """
                mkfifo port
                /usr/bin/python3 ci.py serve > port &
                read port < port
                export ACTIONS_ID_TOKEN_REQUEST_URL="http://127.0.0.1:$port/token?api-version=2.0"
                $ASSAY login --exchange; code=$?
                wait
                rm port
                exit $code
                """
            let refused = try await world.shell(
                script, environment: ["ASSAY_TOKEN": "", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"])
            #expect(refused.code == 7 && refused.error.contains("id-token: write"), "\(refused)")
            let hub = try await world.shell(
                script, environment: ["ASSAY_TOKEN": "", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token"])
            #expect(hub.code == 0 && hub.output.contains("as hub (service)"), "\(hub)")
        }
    }

    @Test func aScopedTokenIsMadeAndListed() async throws {
        try await withIssuer { world in
            let made = try await world.shell(
                "$ASSAY token create --principal mia --scope reader@tide > scoped && $ASSAY token list", as: .admin)
            #expect(made.code == 0 && made.output.contains("reader@tide"), "\(made)")
            let token = try String(contentsOfFile: world.scratch.path + "/scoped", encoding: .utf8)
            let variables = ["ASSAY_TOKEN": token]
            #expect(try await world.shell("$ASSAY list", environment: variables).code == 0)
            let push = try await world.shell(
                "$ASSAY push tide/levels weights.bin --no-source", environment: variables)
            #expect(push.code == 7, "\(push)")
            let none = try await world.assay("token", "create", "--principal", "ship", "--scope", "pusher", as: .admin)
            #expect(none.code == 1 && none.error.contains("has no role that covers pusher"), "\(none)")
            let wrong = try await world.assay("token", "create", "--principal", "ship", "--scope", "owner", as: .admin)
            #expect(wrong.code == 1 && wrong.error.contains("is not a scope"), "\(wrong)")
        }
    }
}
