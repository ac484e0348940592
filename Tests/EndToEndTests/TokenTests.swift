import Foundation
import Testing

/// Tokens that are wrong, over or too weak; and people who count once, however many tokens they have.
@Suite(.serialized) struct TokenTests {
    private func withVersion(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
        let scratch = try Scratch()
        try scratch.write("weights.bin", Data("weights".utf8))
        try await World.run(scratch) { world in
            #expect(try await world.assay("push", "tide/levels", "weights.bin", "--no-source").code == 0)
            try await body(world)
        }
    }

    @Test(arguments: [
        ("list", ""), ("push tide/levels weights.bin --no-source", ""), ("pull tide/levels:1", ""), ("list", "garbage"),
        ("push tide/levels weights.bin --no-source", "garbage"), ("dataset push tide/x weights.bin", "two words"),
        ("list", "assay_aaaaaaaaaaaa_\(String(repeating: "0", count: 64))"), ("list", "two\nlines"),
    ])
    func aWrongTokenIsRefused(command: String, token: String) async throws {
        try await withVersion { world in
            let refused = try await world.shell("$ASSAY " + command, environment: ["ASSAY_TOKEN": token])
            #expect(refused.code == 7, "\(refused.error)")
            #expect(refused.error.contains("token"), "\(refused.error)")
            // Whatever was given may be a secret with a mistake in it.
            #expect(token.isEmpty || !refused.error.contains(token.suffix(5)), "\(refused.error)")
            #expect(try await world.versions(of: "models/tide/levels") == 1)
        }
    }

    @Test func aRevokedTokenEndsAtOnce() async throws {
        try await withVersion { world in
            let id = try world.token(of: .mia).split(separator: "_")[1]
            #expect(try await world.assay("token", "revoke", String(id), as: .admin).code == 0)
            for command in ["list", "push tide/levels weights.bin --no-source"] {
                let refused = try await world.shell("$ASSAY " + command)
                #expect(refused.code == 7)
                #expect(refused.error.contains("has expired or was revoked; ask for a new one"), "\(refused.error)")
            }
        }
    }

    @Test func aTokenFromAFileMayEndWithALineBreak() async throws {
        try await withVersion { world in
            let token = try world.token(of: .mia) + "\n"
            let listed = try await world.assay("list", environment: ["ASSAY_TOKEN": token])
            #expect(listed.code == 0, "\(listed.error)")
        }
    }

    @Test func credentialsThatOthersCanReadAreNotUsed() async throws {
        try await withVersion { world in
            let said = try await world.shell(
                """
                printf '%s\\n' "$ASSAY_TOKEN" > token; unset ASSAY_TOKEN
                $ASSAY login --token-file token && $ASSAY list tide
                chmod 644 home/.config/assay/credentials.json; $ASSAY list tide; echo "code $?"
                chmod 600 home/.config/assay/credentials.json; echo '{' > home/.config/assay/credentials.json
                $ASSAY list tide; echo "code $?"
                """)
            #expect(said.output.contains("logged in to \(world.server.url) as mia"), "\(said)")
            #expect(said.output.contains("tide/levels"))
            #expect(said.output.contains("code 7\ncode 1\n"), "\(said)")
            #expect(said.error.contains("can be read by others; run `chmod 600"), "\(said.error)")
            #expect(said.error.contains("is damaged; remove it and run `assay login` again"))
        }
    }

    @Test func onePersonDoesNotApproveThroughTwoTokens() async throws {
        try await withVersion { world in
            let second = try await world.assay(
                "token", "create", "--principal", "mia", "--namespace", "tide", "--role", "approver", as: .admin)
            #expect(second.code == 0, "\(second.error)")
            let token = second.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try token != world.token(of: .mia))
            let refused = try await world.assay("approve", "tide/levels:1", environment: ["ASSAY_TOKEN": token])
            #expect(refused.code == 4)
            #expect(refused.error.contains("whoever pushed a version may not approve it; ask another person"))
            let shown = try await world.assay("show", "tide/levels:1")
            #expect(shown.output.contains("approval    pending"), "\(shown.output)")
            // Neither does the administrator's push, approved by the administrator.
            #expect(try await world.assay("push", "tide/levels", "weights.bin", "--no-source", as: .admin).code == 0)
            #expect(try await world.assay("approve", "tide/levels:2", as: .admin).code == 4)
            #expect(try await world.assay("approve", "tide/levels:2").code == 0)
        }
    }

    @Test func aNamespacesAuditorIsToldWhereTheLogIs() async throws {
        try await withVersion { world in
            let whole = try await world.assay("audit", "log", as: .otto)
            #expect(whole.code == 7)
            #expect(whole.error.contains("--namespace"), "\(whole.error)")
            #expect(try await world.assay("audit", "log", "--namespace", "tide", as: .otto).code == 0)
        }
    }
}
