/// Who carries out jobs.
package struct Worker: Sendable {
    /// The principal: it has no role anywhere.
    package let principal: String
    /// What verdicts call it.
    package let name: String
    /// What it has, as it last said.
    package var labels: [String: String]

    /// The worker that the server starts itself.
    package static let embedded = Worker(principal: "p_worker", name: "embedded", labels: [:])
}
