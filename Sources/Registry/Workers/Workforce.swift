import GRDB
import RegistryTypes

/// The workers that the server knows, and what it says to those whose job none of them takes.
struct Workforce: Sendable {
    /// How long a worker counts as connected after it was heard of; it asks for jobs every 25 seconds at least.
    private static let patience: Int64 = 60_000

    /// One worker.
    private struct Member: Sendable {
        let name: String
        /// What it has, as it last said; nil if it has never said anything.
        let labels: [String: String]?
        let lastSeenAt: Int64?

        func mayMeet(_ needs: JobNeeds) -> Bool { labels.map(needs.areMet) ?? true }

        func isConnected(at now: Int64) -> Bool {
            // The server starts its own worker again whenever it ends.
            name == Worker.embedded.name || lastSeenAt.map { $0 > now - patience } ?? false
        }
    }

    private let members: [Member]
    private let own: OwnWorker.State

    /// Reads the workers that were not removed; the server's own is one of them as long as it works.
    init(own: OwnWorker.State, _ db: Database) throws {
        var members = try WorkerRows.all(after: "", limit: .max, db).map { worker in
            Member(
                name: worker.name, labels: worker.lastSeenAt == nil ? nil : worker.labels, lastSeenAt: worker.lastSeenAt
            )
        }
        let name = Worker.embedded.name
        if own != .expected {
            members.removeAll { $0.name == name }
        } else if !members.contains(where: { $0.name == name }) {
            members.append(Member(name: name, labels: nil, lastSeenAt: nil))
        }
        self.members = members
        self.own = own
    }

    /// Why nobody can carry a job out, now or later: there is no worker, or each one has said that it lacks something.
    func obstacle(to needs: JobNeeds) -> (reason: VerdictReason, explanation: String)? {
        guard !members.contains(where: { $0.mayMeet(needs) }) else { return nil }
        guard members.isEmpty else {
            return (.hardwareMissing, "No worker has \(needs). There are: \(Self.list(members)).")
        }
        switch own {
        case .expected, .off:
            return (.executorUnavailable, "There is no worker: the server's own is off, and nobody made another one.")
        case .unusable(let cause):
            return (.executorUnavailable, "There is no other worker, and the server's own cannot work: \(cause)")
        }
    }

    /// Why a job waits that somebody could carry out: nobody who could is connected. Nil if somebody is.
    func absence(for needs: JobNeeds, at now: Int64) -> String? {
        let suitable = members.filter { $0.mayMeet(needs) }
        guard !suitable.isEmpty, !suitable.contains(where: { $0.isConnected(at: now) }) else { return nil }
        return needs.isEmpty
            ? "No worker is connected. Known are: \(Self.list(suitable))."
            : "No worker with \(needs) is connected. Known are: \(Self.list(suitable))."
    }

    /// What a check says of a job with these needs.
    func findings(for needs: JobNeeds, at now: Int64) -> [RecipeFinding] {
        if let (reason, explanation) = obstacle(to: needs) {
            let fix = "Start one that suits: `assay worker create`, then `assay worker --label …` on its machine."
            return [RecipeFinding(.prevents, reason.rawValue, explanation, fix: fix)]
        }
        return absence(for: needs, at: now).map {
            let fix = "Start it with `assay worker` on its machine; a job waits until then."
            return [RecipeFinding(.weakens, "worker-away", $0, fix: fix)]
        } ?? []
    }

    private static func list(_ members: [Member]) -> String {
        let names = members.prefix(10).map { member in
            let labels = (member.labels ?? [:]).filter { $0.key.hasPrefix("gpu") }.sorted { $0.key < $1.key }
            return ([member.name] + labels.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }
        return names.joined(separator: ", ") + (members.count > 10 ? ", …" : "")
    }
}
