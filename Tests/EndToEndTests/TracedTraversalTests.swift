import Foundation
import RegistryTypes
import Testing

/// Which files the built server opens while paths are tried that lead elsewhere: those of its data folder.
@Suite(.serialized) struct TracedTraversalTests {
    private static let strace = "/usr/bin/strace"
    /// What the C library and Foundation look at now and then, whatever is asked for.
    private static let system = ["/proc/", "/sys/", "/etc/localtime", "/usr/share/zoneinfo"]

    private static let paths = [
        "models/tide/levels/versions/1/files/@", "models/tide/levels/versions/@", "models/tide/@", "models/@/levels",
        "models/tide/levels/versions/@/files/w.bin", "namespaces/tide/blobs/@", "namespaces/tide/uploads/@",
        "jobs/@/blobs/@", "audit/tile/@", "reproductions/@/log", "runs/@", "backups/@", "fsck/@", "policy-decisions/@",
    ]

    /// Sends each encoding in each path over one connection, and prints what was answered with anything but 400 and 404.
    private static let client = """
        import http.client, sys, urllib.parse
        url, token, corpus = sys.argv[1:4]
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        tried = 0
        for encoding in open(corpus).read().split("\\n")[:-1]:
            for path in sys.argv[4:]:
                connection.request("GET", "/api/v1/" + path.replace("@", encoding),
                                   headers={"Authorization": "Bearer " + token})
                answer = connection.getresponse()
                body = answer.read()
                tried += 1
                if answer.status not in (400, 404) or b"SQLite format" in body or b"root:" in body:
                    print(answer.status, path, encoding)
        print("tried", tried)
        """

    @Test(.enabled(if: Tool.isThere(strace))) func nothingOutsideOfTheDataFolderIsOpened() async throws {
        let scratch = try Scratch()
        try scratch.write("w.bin", Data("weights".utf8))
        try await World.run(scratch, environment: ["ASSAY_WORKER": "off"]) { world in
            #expect(try await world.assay("push", "tide/levels", "w.bin", "--no-source").code == 0)
            let opened = try await traced(world) {
                let client = try await Tool.run(
                    "/usr/bin/python3",
                    ["-c", Self.client, world.server.url, world.token(of: .admin), AttackCorpus.pathEncodings]
                        + Self.paths)
                let count = try AttackCorpus.lines(AttackCorpus.pathEncodings).count * Self.paths.count
                #expect(client.output == "tried \(count)\n", "\(client.output)\(client.error)")
                #expect(try await world.http("GET", "models/tide/levels/versions/1/files/w.bin").status == 200)
            }
            #expect(opened.contains(world.stored(Data("weights".utf8))), "what is served is seen")
            let foreign = Set(opened).filter { path in
                path != world.server.data && !path.hasPrefix(world.server.data + "/")
                    && !Self.system.contains { path.hasPrefix($0) }
            }
            #expect(foreign == [])
        }
    }

    /// The paths in all calls that name a file, of all threads of the server while `body` runs.
    private func traced(_ world: World, _ body: () async throws -> Void) async throws -> [String] {
        let (log, ended) = (world.scratch.path + "/calls", world.scratch.path + "/ended")
        let process = world.server.processID
        // strace lets go of the server when it is told to end.
        let script = """
            \(Self.strace) -f -qq -s 4096 -e trace=%file -o '\(log)' -p \(process) & pid=$!
            until [ -e '\(ended)' ]; do kill -0 $pid || exit 9; sleep 0.02; done
            kill $pid; wait $pid
            """
        async let tracing = Tool.run("/bin/sh", ["-c", script])
        try await Self.wait { FileManager.default.fileExists(atPath: log) && Self.isTraced(process) }
        do {
            try await body()
        } catch {
            try Data().write(to: URL(filePath: ended))
            throw error
        }
        try Data().write(to: URL(filePath: ended))
        _ = try await tracing
        return try String(contentsOfFile: log, encoding: .utf8).matches(of: /"(\/[^"]*)"/).map { String($0.1) }
    }

    private static func isTraced(_ process: pid_t) -> Bool {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return !threads.isEmpty
            && threads.allSatisfy { thread in
                let status = try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/status", encoding: .utf8)
                return status?.contains(/TracerPid:\s+[1-9]/) ?? true
            }
    }

    private static func wait(until isReady: () -> Bool) async throws {
        for _ in 0..<1000 where !isReady() { try await Task.sleep(for: .milliseconds(20)) }
        try #require(isReady(), "strace does not attach")
    }
}
