import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes
import Reproduction
import SystemPackage

/// `assay doctor`: says what works here and how to mend what does not.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the server, the token, git and the sandboxes of this machine.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        _ = try Executors.chosen()
        var findings = [await checkServer(), await checkToken(), await checkGit()]
        var probes: [ExecutorProbe] = []
        for executor in Executors.all { probes.append(await executor.probe()) }
        // One sandbox is enough, and images are for those whose recipes name one.
        let isEnough = probes.contains(where: \.isAvailable)
        findings += probes.map { Self.finding($0, isOptional: isEnough) }
        findings.append(Self.finding(images: await ImagePuller().availability()))
        if global.json {
            try global.console.print(json: findings)
        } else {
            for finding in findings { print(finding) }
        }
        if findings.contains(where: { !$0.isGood && $0.isOptional != true }) { throw ExitCode(1) }
    }

    /// One thing that was looked at.
    struct Finding: Codable {
        var subject: String
        var isGood: Bool
        var text: String
        var fix: String?
        /// Whether everything else works without it.
        var isOptional: Bool?
    }

    private func print(_ finding: Finding) {
        let console = global.console
        let bad = finding.isOptional == true ? "none" : console.styled("FAIL", .bad)
        let mark = finding.isGood ? console.styled("ok  ", .good) : bad
        console.print("\(mark)  \(finding.subject): \(finding.text)")
        for line in (finding.fix ?? "").split(separator: "\n") { console.print("        \(line)") }
    }

    private func checkServer() async -> Finding {
        do {
            var client = try global.client()
            client = try RegistryClient(url: client.url, token: nil, retries: .never)
            try await client.checkHealth()
            _ = try await client.readiness()
            return Finding(subject: "server", isGood: true, text: "\(client.url.absoluteString) is ready")
        } catch {
            return Finding(
                subject: "server", isGood: false, text: Self.sentence(error),
                fix: "Start it with `assay serve`, or name another one with --url or ASSAY_URL.")
        }
    }

    private func checkToken() async -> Finding {
        do {
            let configuration = try global.configuration()
            guard configuration.token != nil else {
                return Finding(
                    subject: "token", isGood: false, text: "none for \(configuration.url.absoluteString)",
                    fix: "Run `assay login`, or set ASSAY_TOKEN.")
            }
            let who = try await RegistryClient(url: configuration.url, token: configuration.token, retries: .never)
                .whoAmI()
            let roles = who.roles.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value.map(\.rawValue).joined(separator: "+"))" }
            return Finding(
                subject: "token", isGood: true,
                text: "\(who.principal.name), \(roles.isEmpty ? "no roles" : roles.joined(separator: "; "))")
        } catch let error as RegistryError where error.code == .serverUnreachable {
            return Finding(subject: "token", isGood: false, text: "not checked, because the server did not answer")
        } catch {
            return Finding(
                subject: "token", isGood: false, text: Self.sentence(error),
                fix: "Have a token made with `assay token create` and keep it with `assay login`.")
        }
    }

    private func checkGit() async -> Finding {
        do {
            _ = try await GitCommandLine(folder: "/")
            return Finding(subject: "git", isGood: true, text: "found")
        } catch {
            return Finding(
                subject: "git", isGood: false, text: Self.sentence(error),
                fix: "Install it, on Debian with `apt-get install git`.")
        }
    }

    private static func sentence(_ error: any Error) -> String {
        let message = ExitStatus(error).message
        return message.hasPrefix("assay: ") ? String(message.dropFirst("assay: ".count)) : message
    }

    private static func finding(images availability: ExecutorProbe.Availability) -> Finding {
        switch availability {
        case .available(let version):
            Finding(subject: "images", isGood: true, text: "fetched by skopeo \(version), unpacked without a daemon")
        case .unavailable(let failure):
            Finding(
                subject: "images", isGood: false, text: "recipes with `environment: {image: …}` cannot be run here",
                fix: fix(failure), isOptional: true)
        }
    }

    private static func fix(_ failure: ExecutorProbe.Failure) -> String {
        "\(failure.advice)\nTried: \(failure.command)\nIt said: \(failure.output)"
    }

    /// What process limits do not hold, for who relies on them.
    private static func weakness(of probe: ExecutorProbe) -> String? {
        guard probe.limits["memory"] == "rlimit" else { return nil }
        return
            "Memory is limited for each process alone, and shared memory is not: a run may use several times what its "
            + "recipe says. Delegate control groups to this user (systemd: `Delegate=yes`) to limit the run as a whole."
    }

    private static func finding(_ probe: ExecutorProbe, isOptional: Bool) -> Finding {
        guard let failure = probe.failure else {
            let limits = probe.limits.sorted { $0.key < $1.key }.map { "\($0.key) by \($0.value)" }
            return Finding(
                subject: "sandbox \(probe.executor)", isGood: true,
                text: "version \(probe.version ?? "unknown"); \(limits.joined(separator: ", "))",
                fix: Self.weakness(of: probe))
        }
        return Finding(
            subject: "sandbox \(probe.executor)", isGood: false, text: "does not work here",
            fix: fix(failure), isOptional: isOptional ? true : nil)
    }
}
