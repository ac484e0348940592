import Foundation
import RegistryTypes
import Testing

/// A deployer gets approved bytes or none: whatever the route, whatever the version is called.
@Suite(.serialized) struct DeployerTests {
    /// What is done to a version that must not be served afterwards.
    enum Undoing: String, CaseIterable, Sendable {
        case pending, rejected, withdrawn
    }

    @Test(arguments: Undoing.allCases)
    func getsNothingThatIsNotApproved(state: Undoing) async throws {
        let scratch = try Scratch()
        let bytes = Data("weights".utf8)
        try scratch.write("weights.bin", bytes)
        try await World.run(scratch) { world in
            let pushed = try await world.assay("push", "tide/levels", "weights.bin", "--no-source")
            #expect(pushed.code == 0, "\(pushed.error)")
            let digest = try #require(
                pushed.output.split(separator: " ").last.map { $0.trimmingCharacters(in: .newlines) })
            var names = ["1", "latest", "canary", digest]
            #expect(try await world.assay("alias", "set", "tide/levels:1", "canary").code == 0)
            switch state {
            case .pending: break
            case .rejected: #expect(try await world.assay("reject", "tide/levels:1", as: .noor).code == 0)
            case .withdrawn:
                #expect(try await world.assay("approve", "tide/levels:1", as: .noor).code == 0)
                #expect(try await world.assay("alias", "set", "tide/levels:1", "production", as: .noor).code == 0)
                names.append("production")
                try await serves(world, names, bytes)
                #expect(try await world.assay("withdraw", "tide/levels:1", as: .noor).code == 0)
            }
            try await refuses(world, names, state)
            let blob = try await world.http("GET", "namespaces/tide/blobs/\(Digest.of(bytes))", as: .ship)
            #expect(blob.status == 403 && blob.code == "forbidden", "\(blob.text)")
            let log = try await world.assay("audit", "log", "--namespace", "tide", "--json", as: .otto)
            let refusals = try JSONParser.parse(Data(log.output.utf8))["items"]?.array?
                .filter { $0["entry"]?["after"]?["code"]?.string == "version-not-approved" }
            #expect(refusals?.count == names.count * 4, "each refusal has its entry")
        }
    }

    private func serves(_ world: World, _ names: [String], _ bytes: Data) async throws {
        for name in names where name != "latest" {
            let file = try await world.http("GET", "models/tide/levels/versions/\(name)/files/weights.bin", as: .ship)
            #expect(file.status == 200 && file.body == bytes, "\(name)")
        }
    }

    private func refuses(_ world: World, _ names: [String], _ state: Undoing) async throws {
        for name in names {
            for rest in ["files/weights.bin", "files/weights%2ebin", "SHA256SUMS"] {
                let answer = try await world.http("GET", "models/tide/levels/versions/\(name)/\(rest)", as: .ship)
                #expect(answer.status == 403 && answer.code == "version-not-approved", "\(name) \(rest) \(answer.text)")
                let reason = name == "latest" ? "`latest` is whatever was pushed last" : "tide/levels:1 is \(state)"
                #expect(answer.detail?.hasPrefix(reason) == true, "\(answer.text)")
            }
            let reference = "tide/levels" + (name.hasPrefix("sha256:") ? "@" : ":") + name
            let pulled = try await world.assay("pull", reference, "--into", "pulled", as: .ship)
            #expect(pulled.code == 4, "\(reference): \(pulled.error)")
            #expect(pulled.error.contains("fetches approved versions only"), "\(pulled.error)")
            #expect(!FileManager.default.fileExists(atPath: world.scratch.path + "/pulled/weights.bin"))
        }
    }

    @Test func mayDoNothingElse() async throws {
        let scratch = try Scratch()
        try scratch.write("weights.bin", Data("weights".utf8))
        try await World.run(scratch) { world in
            #expect(try await world.assay("push", "tide/levels", "weights.bin", "--no-source").code == 0)
            for (command, sentence) in [
                ("push tide/levels weights.bin --no-source", "may not push"),
                ("dataset push tide/readings weights.bin", "may not push"),
                ("approve tide/levels:1", "may not approve"),
                ("alias set tide/levels:1 canary", "may not move aliases"),
                ("reproduce tide/levels:1", "may not reproduce"),
                ("audit log --namespace tide", "may not read the audit log"),
                ("token create --principal eve --namespace tide --role admin", "may not administer"),
            ] {
                let refused = try await world.shell("$ASSAY " + command, as: .ship)
                #expect(refused.code == 7, "\(command): \(refused.error)")
                #expect(refused.error.contains(sentence), "\(command): \(refused.error)")
            }
            #expect(try await world.versions(of: "models/tide/levels") == 1)
            #expect(try await world.versions(of: "datasets/tide/readings") == 0)
        }
    }
}
