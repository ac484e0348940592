import Foundation
import Testing

/// The server behind its own certificate, with certificates that openssl made and real sockets.
@Suite(.serialized) struct TLSTests {
    /// Makes a CA, a server's certificate, and clients' certificates; a second server's certificate to renew it with.
    private static let certificates = #"""
        set -e
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=test CA" \
            -keyout ca.key -out ca.pem 2> /dev/null
        cp ca.key other-ca.key
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=other CA" \
            -keyout other-ca.key -out other-ca.pem 2> /dev/null
        sign() { # name, subject alternative name, CA
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout $1.key \
                -out $1.csr 2> /dev/null
            printf "subjectAltName=$2\n" > $1.ext
            openssl x509 -req -in $1.csr -CA $3.pem -CAkey $3.key -CAcreateserial -days 1 -extfile $1.ext \
                -out $1.pem 2> /dev/null
        }
        sign first "DNS:localhost,IP:127.0.0.1" ca
        sign second "DNS:localhost,IP:127.0.0.1" ca
        sign elsewhere "DNS:elsewhere.example.org" ca
        sign serve "URI:spiffe://example.org/serve" ca
        sign two "URI:spiffe://example.org/serve,DNS:mia.example.org" ca
        sign unknown "URI:spiffe://example.org/unknown" ca
        sign forged "URI:spiffe://example.org/serve" other-ca
        cp first.pem server.pem; cp first.key server.key
        """#

    /// Runs a server with TLS, and `tide` with a deployer called `serve`.
    private func withServer(
        certificate: String = "server", _ body: @Sendable @escaping (World) async throws -> Void
    ) async throws {
        guard Tool.isThere("/usr/bin/openssl") else { return }
        let scratch = try Scratch()
        let made = try await Tool.run("/bin/sh", ["-c", Self.certificates], folder: scratch.path)
        try #require(made.code == 0, "\(made.error)")
        for folder in ["home", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
        }
        try await Server.run(
            data: scratch.path + "/server", environment: ["TMPDIR": scratch.path + "/tmp"],
            arguments: [
                "--tls-certificate", "\(scratch.path)/\(certificate).pem", "--tls-key",
                "\(scratch.path)/\(certificate).key", "--tls-client-ca", "\(scratch.path)/ca.pem",
            ]
        ) { server in try await body(World(server: server, scratch: scratch)) }
    }

    private static let trusting = ["ASSAY_CA_FILE": "ca.pem"]

    @Test func theCommandLineSpeaksTLSAndTrustsOnlyItsCA() async throws {
        try await withServer { world in
            #expect(world.server.url.hasPrefix("https://127.0.0.1:"))
            try world.scratch.write("weights.bin", Data(repeating: 7, count: 3 << 20))
            let pushed = try await world.shell(
                """
                set -e
                $ASSAY namespace create tide
                $ASSAY push tide/levels weights.bin --no-source
                $ASSAY pull tide/levels:1 --into copy && cmp copy/weights.bin weights.bin
                """, as: .admin, environment: Self.trusting)
            #expect(pushed.code == 0, "\(pushed.error)")
            let untrusting = try await world.shell("$ASSAY list", as: .admin)
            #expect(untrusting.code == 8 && untrusting.error.contains("ASSAY_CA_FILE"), "\(untrusting.error)")
            let other = try await world.shell("$ASSAY list", as: .admin, environment: ["ASSAY_CA_FILE": "other-ca.pem"])
            #expect(other.code == 8, "\(other.error)")
            let absent = try await world.shell("$ASSAY list", as: .admin, environment: ["ASSAY_CA_FILE": "absent.pem"])
            #expect(absent.code == 1 && absent.error.contains("cannot be read"), "\(absent.error)")
            // In the clear there is nothing; a request is no handshake.
            let clear = world.server.url.replacing("https", with: "http")
            let plain = try await Tool.curl("-o", "/dev/null", "-w", "%{http_code}", clear + "/healthz")
            #expect(plain.code != 0 && plain.output.hasSuffix("000"), "\(plain)")
        }
    }

    @Test func aCertificateForAnotherNameIsNotTaken() async throws {
        try await withServer(certificate: "elsewhere") { world in
            let refused = try await world.shell("$ASSAY list", as: .admin, environment: Self.trusting)
            #expect(refused.code == 8 && refused.error.contains("another name"), "\(refused.error)")
        }
    }

    @Test func oldVersionsOfTLSAreRefused() async throws {
        try await withServer { world in
            let place = world.server.url.replacing("https://", with: "")
            for (version, works) in [("-tls1", false), ("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
                let outcome = try await Tool.run(
                    "/bin/sh",
                    [
                        "-c",
                        "openssl s_client -connect \(place) -CAfile ca.pem \(version) -cipher DEFAULT@SECLEVEL=0 "
                            + "< /dev/null",
                    ], folder: world.scratch.path)
                #expect((outcome.code == 0) == works, "\(version): \(outcome.error.prefix(300))")
                if works { #expect(outcome.output.contains("Verify return code: 0 (ok)"), "\(version)") }
            }
        }
    }

    @Test func aRenewedCertificateIsShownWithoutARestartAndNoRequestFails() async throws {
        try await withServer { world in
            let outcome = try await world.shell(
                """
                port=${ASSAY_URL##*:}
                serial() { openssl s_client -connect 127.0.0.1:$port < /dev/null 2> /dev/null | \\
                    openssl x509 -noout -serial; }
                load() { while [ ! -e stop ]; do
                    curl -fsS --max-time 20 --cacert ca.pem -o /dev/null "$ASSAY_URL/healthz" || echo failed
                    done; }
                load > load1 2>&1 & load > load2 2>&1 &
                [ "$(serial)" = "$(openssl x509 -noout -serial -in first.pem)" ] || echo wrong at first
                # What cannot be used is not used.
                echo nonsense > broken; mv broken server.pem; sleep 4
                [ "$(serial)" = "$(openssl x509 -noout -serial -in first.pem)" ] || echo wrong while broken
                # The certificate comes before its key.
                cp second.pem new.pem; mv new.pem server.pem; sleep 4
                [ "$(serial)" = "$(openssl x509 -noout -serial -in first.pem)" ] || echo wrong without the key
                cp second.key new.key; mv new.key server.key
                for i in $(seq 40); do
                    [ "$(serial)" = "$(openssl x509 -noout -serial -in second.pem)" ] && break; sleep 0.5
                done
                [ "$(serial)" = "$(openssl x509 -noout -serial -in second.pem)" ] || echo not renewed
                sleep 1; touch stop; wait
                cat load1 load2
                """, as: .admin)
            #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome)")
        }
    }

    @Test func aCertificateOfAClientIsSomebodyByItsName() async throws {
        try await withServer { world in
            let prepared = try await world.shell(
                """
                set -e
                $ASSAY namespace create tide
                $ASSAY token create --principal serve --kind service --namespace tide --role deployer > /dev/null
                $ASSAY token create --principal mia --namespace tide --role pusher > /dev/null
                $ASSAY identity certificate add URI:spiffe://example.org/serve --principal serve
                $ASSAY identity certificate add DNS:mia.example.org --principal mia
                """, as: .admin, environment: Self.trusting)
            try #require(prepared.code == 0, "\(prepared.error)")
            func whoAmI(_ certificate: String, _ more: String = "") async throws -> (String, String) {
                let outcome = try await Tool.run(
                    "/bin/sh",
                    [
                        "-c",
                        "curl -sS --max-time 20 --cacert ca.pem --cert \(certificate).pem --key \(certificate).key "
                            + "-w ' %{http_code}' \(more) \(world.server.url)/api/v1/whoami",
                    ], folder: world.scratch.path)
                return (outcome.output, outcome.error)
            }
            let serve = try await whoAmI("serve")
            #expect(serve.0.contains(#""name":"serve""#) && serve.0.hasSuffix(" 200"), "\(serve)")
            // Not known, or two people at once: nobody.
            for name in ["unknown", "two"] {
                let nobody = try await whoAmI(name)
                #expect(nobody.0.hasSuffix(" 401") && nobody.0.contains("certificate"), "\(name): \(nobody)")
            }
            // Of another CA: no connection, or at least nobody.
            let forged = try await whoAmI("forged")
            #expect(forged.0.hasSuffix(" 000"), "\(forged)")
            // A wrong token beside a good certificate is a wrong token.
            let both = try await whoAmI("serve", "-H 'Authorization: Bearer nonsense'")
            #expect(both.0.hasSuffix(" 401"), "\(both)")
            // The command line shows a certificate too, and a name that is removed is nobody's at once.
            let variables = Self.trusting.merging([
                "ASSAY_TOKEN": "", "ASSAY_CLIENT_CERTIFICATE": "serve.pem", "ASSAY_CLIENT_KEY": "serve.key",
            ]) { $1 }
            let listed = try await world.shell("$ASSAY namespace list", as: .admin, environment: variables)
            #expect(listed.code == 0 && listed.output.contains("tide"), "\(listed)")
            let log = try await world.shell(
                "$ASSAY push tide/x ca.pem --no-source; $ASSAY identity certificate list", as: .admin,
                environment: variables)
            #expect(log.code == 7, "\(log)")
            let removed = try await world.shell(
                "$ASSAY identity certificate remove URI:spiffe://example.org/serve && $ASSAY audit log --json",
                as: .admin, environment: Self.trusting)
            #expect(removed.code == 0 && removed.output.contains(#""auth":"certificate""#), "\(removed.error)")
            let after = try await whoAmI("serve")
            #expect(after.0.hasSuffix(" 401"), "\(after)")
        }
    }

    @Test func aRefusedUploadIsAnsweredOverTLS() async throws {
        try await withServer { world in
            try world.scratch.write("large", Data(count: 30 << 20))
            let outcome = try await Tool.run(
                "/bin/sh",
                [
                    "-c",
                    "curl -sS --max-time 30 --cacert ca.pem -T large -o /dev/null -w '%{http_code}' "
                        + "\(world.server.url)/api/v1/namespaces/tide/blobs/sha256:\(String(repeating: "0", count: 64))",
                ], folder: world.scratch.path)
            #expect(outcome.output == "401", "\(outcome)")
        }
    }

    @Test func theServersOwnWorkerReachesIt() async throws {
        try await withServer { world in
            let seen = try await world.shell(
                """
                for i in $(seq 100); do
                    $ASSAY worker list | grep -q embedded && exit 0
                    sleep 0.2
                done
                exit 1
                """, as: .admin, environment: Self.trusting)
            #expect(seen.code == 0, "\(seen)")
        }
    }

    @Test func halfASetOfFilesIsAMistake() async throws {
        let scratch = try Scratch()
        for arguments in [
            ["--tls-key", "x"], ["--tls-client-ca", "x"], ["--tls-certificate", "x", "--tls-key", "y"],
        ] {
            let outcome = try await Tool.run(
                Tool.assay, ["serve", "--data", scratch.path + "/data", "--port", "0"] + arguments)
            #expect(outcome.code == 1 && outcome.error.contains("assay: "), "\(outcome.error)")
        }
    }
}
