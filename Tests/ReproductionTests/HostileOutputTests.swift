import Foundation
import Reproduction
import SystemPackage
import Testing

/// Outputs that a command makes to harm whoever collects them, by real runs.
extension ExecutorConformance {
    @Suite struct HostileOutputs {
        private static let names = ExecutorConformance.names

        /// Runs a script that writes below `/out`, and says what is wrong with a path.
        private func problem(
            _ name: String, _ script: String, at path: String, limits: OutputCollector.Limits = .init()
        ) async throws -> OutputCollectionError? {
            guard let trial = try await SandboxTrial(name) else { return nil }
            defer { trial.remove() }
            let run = try await trial.python("import os, socket\nos.chdir('/out')\n" + script)
            try #require(run.result.ending == .exited(code: 0), "\(run.log)")
            let collector = OutputCollector(folder: FilePath(trial.out.path), limits: limits)
            return #expect(throws: OutputCollectionError.self) { try collector.collect([path]) }
        }

        /// Whether the executor works; else there is no problem to find.
        private func works(_ name: String) async throws -> Bool {
            guard let executor = Executors.named(name) else { return false }
            return await SandboxTrial.isUsable(executor)
        }

        @Test("what is no plain file of its own is refused", arguments: names)
        func kinds(name: String) async throws {
            guard try await works(name) else { return }
            let cases: [(String, OutputCollectionError.Problem)] = [
                ("os.symlink('/etc/passwd', 'w')", .symbolicLink),
                ("os.symlink('../../../../etc/passwd', 'w')", .symbolicLink),
                ("os.mkfifo('w')", .namedPipe),
                ("socket.socket(socket.AF_UNIX).bind('w')", .socket),
                ("open('w', 'w'); os.link('w', 'v')", .hardLinked),
                ("open('w', 'w'); os.chmod('w', 0o4755)", .setUserID),
                ("open('w', 'w'); os.chmod('w', 0o2755)", .setUserID),
                ("open('w', 'w'); os.chmod('w', 0)", .unreadable),
                ("os.mkdir('w')", .emptyFolder),
                ("os.mkdir('w'); open(b'w/\\xff\\xfe', 'w')", .name),
                ("os.mkdir('w'); os.symlink('/', 'w/root')", .symbolicLink),
            ]
            for (script, expected) in cases {
                let found = try await problem(name, script, at: "w")
                guard case .notAcceptable(_, let problem) = found else {
                    Issue.record("\(script): \(found as Any)")
                    continue
                }
                #expect(problem == expected, "\(script)")
            }
        }

        @Test("a folder that is a link is no way out", arguments: names)
        func ways(name: String) async throws {
            guard try await works(name) else { return }
            #expect(
                try await problem(name, "os.symlink('/etc', 'w')", at: "w/passwd")
                    == .notAcceptable("w/passwd", .symbolicLink))
            #expect(try await problem(name, "open('w', 'w')", at: "../work/w") == .badPath("../work/w"))
        }

        @Test("twenty thousand files are refused at once", arguments: names)
        func count(name: String) async throws {
            guard try await works(name) else { return }
            let script = "os.mkdir('w')\nfor number in range(20000): os.mknod('w/%d' % number)"
            #expect(try await problem(name, script, at: "w") == .tooMany(limit: 1000))
        }

        @Test("a sparse file counts with its length", arguments: names)
        func sparse(name: String) async throws {
            guard try await works(name) else { return }
            #expect(
                try await problem(
                    name, "open('w', 'wb').truncate(32 << 20)", at: "w", limits: .init(fileBytes: 16 << 20))
                    == .tooLarge("w", size: 32 << 20, limit: 16 << 20))
        }
    }
}
