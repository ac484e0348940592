/// What a continuous-integration system says about the build a push comes from.
///
/// These are claims of the build's environment, not proofs; a signed token proves more.
package struct CIEnvironment: Sendable, Equatable {
    /// The systems known.
    package enum Builder: String, Sendable {
        case jenkins
        case githubActions = "github-actions"
        case gitlab
    }

    /// Which system runs the build.
    package let builder: Builder
    /// A page about the build for people, without credentials.
    package let buildURL: String?
    /// The same for every attempt of the same build and different for every other build anywhere; part of
    /// idempotency keys. nil when the system does not say enough.
    package let buildID: String?
    /// The commit the system says it builds, 40 or 64 lower-case hex digits.
    package let commit: String?
    /// The repository's address as the system knows it, without credentials.
    package let repositoryURL: String?
    /// The job or workflow the build belongs to.
    package let job: String?
    /// Who started the build, if the system says so.
    package let actor: String?

    /// Says in words when the work tree is not at the commit the system builds, or nil when they agree.
    package func disagreement(withHead head: String) -> String? {
        guard let commit, commit != head else { return nil }
        return """
            \(builder.rawValue) builds the commit \(commit.prefix(12)), but the work tree is at \(head.prefix(12)). \
            The push records the work tree.
            """
    }
}
