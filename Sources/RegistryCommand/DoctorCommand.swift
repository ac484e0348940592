import ArgumentParser
import Foundation
import Reproduction
import SystemPackage

/// Tells what works on this machine, and how to mend what does not.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what this machine can do, and say how to mend what it cannot.")

    func run() async throws {
        let folder = FileManager.default.currentDirectoryPath
        do {
            let tree = try await GitCapture(folder: FilePath(folder)).workTree
            print("git         ok: \(folder) is at commit \(tree.commit)")
        } catch {
            print("git         no source here: \(error)")
        }
        var works = false
        for executor in Executors.all {
            let probe = await executor.probe()
            works = works || probe.isAvailable
            print(Self.describe(probe))
        }
        // Exit code 2 of the contract: without a sandbox nothing can be verified.
        if !works { throw ExitCode(2) }
    }

    private static func describe(_ probe: ExecutorProbe) -> String {
        let name = probe.executor.padding(toLength: 11, withPad: " ", startingAt: 0)
        switch probe.availability {
        case .available(let version):
            let limits = probe.limits.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "\(name) ok: version \(version), limits \(limits.joined(separator: " "))"
        case .unavailable(let failure):
            return
                "\(name) does not work\n  tried   \(failure.command)\n  got     \(failure.output)\n  do this \(failure.advice)"
        }
    }
}
