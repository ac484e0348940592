import Foundation
import RegistryTypes
import Testing

/// Runs whose environment is a container image, by a real registry, a real server and its worker.
@Suite(.serialized) struct ImageTests {
    private static let isPossible = ["/usr/bin/skopeo", "/usr/bin/docker-registry"].allSatisfy(Tool.isThere)
    private static let hasContainers = isPossible && Tool.isThere("/usr/bin/podman")

    /// A project that is trained on an image, committed.
    private func commit(_ world: World, image: String, train: String) async throws {
        try world.scratch.write(
            "project/assay.yaml",
            Data(
                """
                schema: assay/v1
                model: tide/levels
                seed: 1
                environment: {image: "\(image)"}
                train: [/bin/sh, train.sh]
                outputs: [{path: model.txt, role: weights}]

                """.utf8))
        try world.scratch.write("project/train.sh", Data((train + "\n").utf8))
        let made = try await world.shell("cd project && git init -q && git add -A && git commit -qm x")
        try #require(made.code == 0, "\(made)")
    }

    /// Nothing of the machine is there, and nothing of what the image says about starting it.
    private static let train = """
        test -e /etc-of-the-image && test ! -e /usr/bin/env && test -z "$FROM_IMAGE" && test $PWD = /work || exit 9
        echo 1 2 3 >/out/model.txt
        """

    @Test(.enabled(if: isPossible), arguments: ["bubblewrap", "container"])
    func runAndReproductionAreIdentical(executor: String) async throws {
        guard executor == "bubblewrap" || Self.hasContainers else {
            return print("SKIPPED: /usr/bin/podman is missing")
        }
        let scratch = try Scratch()
        let registry = try await ImageRegistry(["/bin/sh"], in: scratch)
        defer { registry.stop() }
        try await World.run(scratch, environment: ["ASSAY_EXECUTOR": executor]) { world in
            try await commit(world, image: "\(registry.name):latest@\(registry.index)", train: Self.train)
            let check = try await world.assay("run", "--check", "project")
            #expect(check.code == 0 && check.output.contains("image-needed"), "\(check)")
            let made = try await world.assay("run", "--executor", executor, "project")
            #expect(made.code == 0, "\(made)")
            #expect(made.error.contains("assay: fetching the image"), "\(made.error)")
            let reproduced = try await world.assay("reproduce", "tide/levels:1", "--json")
            let record = try JSONParser.parse(Data(reproduced.output.utf8))
            let verdict = record["verdict"]
            #expect(verdict?["verdict"]?.string == "bit-identical", "\(reproduced)")
            #expect(verdict?["flags"]?.array?.contains(.string("unpinned-environment")) == false)
            #expect(verdict?["conditions"]?["state"]?.string == "same", "\(verdict as Any)")
            #expect(verdict?["executor"]?.string == executor)
            let shown = try await world.assay("show", "tide/levels:1", "--json")
            let facts = try JSONParser.parse(Data(shown.output.utf8))["run"]?["facts"]
            #expect(facts?["executor"]?.string == executor, "\(shown)")
            #expect(facts?["host"]?["image"]?.string == registry.manifest, "\(shown)")
        }
    }

    @Test(.enabled(if: isPossible)) func anImageThatIsGoneMakesAVersionNotVerifiable() async throws {
        let scratch = try Scratch()
        let registry = try await ImageRegistry(["/bin/sh"], in: scratch)
        defer { registry.stop() }
        try await World.run(scratch) { world in
            try await commit(world, image: "\(registry.name)@\(registry.manifest)", train: Self.train)
            let made = try await world.assay("run", "project")
            #expect(made.code == 0, "\(made)")
            registry.stop()
            // Another machine, and this one once its cache is gone, has to fetch the image.
            for cache in ["home", "server"] {
                try? FileManager.default.removeItem(atPath: "\(scratch.path)/\(cache)/.cache/assay/roots")
            }
            let reproduced = try await world.assay("reproduce", "tide/levels:1", "--json")
            #expect(reproduced.code == 2, "\(reproduced)")
            let verdict = try JSONParser.parse(Data(reproduced.output.utf8))["verdict"]
            #expect(verdict?["verdict"]?.string == "not-verifiable")
            #expect(verdict?["reason"]?.string == "environment-missing", "\(verdict as Any)")
            #expect(verdict?["explanation"]?.string?.contains("connection refused") == true, "\(verdict as Any)")
            let again = try await world.assay("run", "project", "--seed", "2")
            #expect(again.code == 2 && again.error.contains("could not be fetched"), "\(again)")
            let check = try await world.assay("run", "--check", "project")
            #expect(check.code == 2 && check.output.contains("environment-missing"), "\(check)")
        }
    }

    @Test(.enabled(if: hasContainers)) func aContainerEndsWithTheProcessThatStartedIt() async throws {
        let scratch = try Scratch()
        let registry = try await ImageRegistry(["/bin/sh", "/bin/sleep"], in: scratch)
        defer { registry.stop() }
        try await World.run(scratch) { world in
            let token = "3\(UInt32.random(in: 100_000_000...999_999_999))"
            try await commit(
                world, image: "\(registry.name)@\(registry.manifest)", train: "echo up; exec /bin/sleep \(token)")
            let process = Process()
            process.executableURL = URL(filePath: Tool.assay)
            process.arguments = ["run", "--quiet", "--executor", "container", scratch.path + "/project"]
            process.environment = try world.environment(of: .mia).merging(["PATH": "/usr/bin:/bin"]) { $1 }
                .merging(ProcessInfo.processInfo.environment.filter { $0.key == "LD_LIBRARY_PATH" }) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            #expect(try await Self.waits(for: true, token))
            kill(process.processIdentifier, SIGKILL)
            #expect(try await Self.waits(for: false, token))
        }
    }

    /// Waits up to a minute until there is a process with a word among its arguments, or none.
    private static func waits(for expected: Bool, _ word: String) async throws -> Bool {
        for _ in 0..<600 {
            let names = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
            let isThere = names.contains { name in
                (try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline"))).map { words in
                    words.split(separator: 0).contains { $0.elementsEqual(word.utf8) }
                } ?? false
            }
            if isThere == expected { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }
}
