import RegistryCommand
import Testing

@Suite struct CIEnvironmentTests {
    private static let sha = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"

    private let jenkins = [
        "JENKINS_URL": "https://ci.example.org/", "BUILD_URL": "https://me:token@ci.example.org/job/digits/12/",
        "BUILD_TAG": "jenkins-digits-12", "GIT_COMMIT": sha, "GIT_URL": "https://me:x@example.org/team/digits.git",
        "JOB_NAME": "digits",
    ]
    private let github = [
        "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "team/digits",
        "GITHUB_RUN_ID": "987", "GITHUB_RUN_ATTEMPT": "2", "GITHUB_SHA": sha, "GITHUB_ACTOR": "jane",
        "GITHUB_WORKFLOW_REF": "team/digits/.github/workflows/train.yml@refs/heads/main",
    ]
    private let gitlab = [
        "GITLAB_CI": "true", "CI_PROJECT_URL": "https://gitlab.example.org/team/digits", "CI_PIPELINE_ID": "55",
        "CI_JOB_ID": "901", "CI_JOB_URL": "https://gitlab.example.org/team/digits/-/jobs/901", "CI_COMMIT_SHA": sha,
    ]

    @Test func jenkinsIsRecognised() throws {
        let environment = try #require(CIEnvironment(jenkins))
        #expect(environment.builder == .jenkins)
        #expect(environment.buildURL == "https://ci.example.org/job/digits/12/")
        #expect(environment.buildID == "jenkins:https://ci.example.org/#jenkins-digits-12")
        #expect(environment.commit == Self.sha)
        #expect(environment.repositoryURL == "https://example.org/team/digits.git")
        #expect(environment.job == "digits")
    }

    @Test func gitHubActionsIsRecognised() throws {
        let environment = try #require(CIEnvironment(github))
        #expect(environment.builder == .githubActions)
        #expect(environment.buildURL == "https://github.com/team/digits/actions/runs/987/attempts/2")
        #expect(environment.buildID == "github-actions:https://github.com/team/digits/actions/runs/987")
        #expect(environment.commit == Self.sha)
        #expect(environment.repositoryURL == "https://github.com/team/digits")
        #expect(environment.job == "team/digits/.github/workflows/train.yml@refs/heads/main")
        #expect(environment.actor == "jane")
    }

    @Test func gitLabIsRecognised() throws {
        let environment = try #require(CIEnvironment(gitlab))
        #expect(environment.builder == .gitlab)
        #expect(environment.buildURL == "https://gitlab.example.org/team/digits/-/jobs/901")
        #expect(environment.buildID == "gitlab:https://gitlab.example.org/team/digits/-/pipelines/55")
        #expect(environment.commit == Self.sha)
        #expect(environment.repositoryURL == "https://gitlab.example.org/team/digits")
    }

    @Test func theBuildIDStaysTheSameWhenABuildIsTriedAgain() {
        let again = github.merging(["GITHUB_RUN_ATTEMPT": "3"]) { $1 }
        #expect(CIEnvironment(again)?.buildID == CIEnvironment(github)?.buildID)
        #expect(CIEnvironment(again)?.buildURL != CIEnvironment(github)?.buildURL)
        let retried = gitlab.merging(["CI_JOB_ID": "902", "CI_JOB_URL": "https://gitlab.example.org/902"]) { $1 }
        #expect(CIEnvironment(retried)?.buildID == CIEnvironment(gitlab)?.buildID)
    }

    @Test func otherBuildsHaveOtherIDs() {
        let builds = [
            jenkins, jenkins.merging(["BUILD_TAG": "jenkins-digits-13"]) { $1 },
            jenkins.merging(["JENKINS_URL": "https://ci.example.com/"]) { $1 },
            github, github.merging(["GITHUB_RUN_ID": "988"]) { $1 },
            github.merging(["GITHUB_SERVER_URL": "https://git.example.org"]) { $1 },
            gitlab, gitlab.merging(["CI_PIPELINE_ID": "56"]) { $1 },
            gitlab.merging(["CI_PROJECT_URL": "https://gitlab.example.org/team/other"]) { $1 },
        ]
        let ids = builds.compactMap { CIEnvironment($0)?.buildID }
        #expect(Set(ids).count == builds.count)
    }

    @Test func withoutItsVariablesABuildHasNoID() {
        for variables in [["GITHUB_ACTIONS": "true"], ["GITLAB_CI": "true"], ["JENKINS_URL": "https://x/"]] {
            let environment = CIEnvironment(variables)
            #expect(environment != nil)
            #expect(environment?.buildID == nil)
            #expect(environment?.commit == nil)
        }
    }

    @Test(arguments: [
        [:], ["HOME": "/root"], ["GITHUB_ACTIONS": ""], ["GITHUB_ACTIONS": "false"], ["JENKINS_URL": ""],
        ["BUILD_URL": "https://x/"],
    ])
    func elsewhereThereIsNoCI(variables: [String: String]) {
        #expect(CIEnvironment(variables) == nil)
    }

    @Test func badCommitsAreNotTaken() {
        for commit in ["", "main", "e69de29", "-h", Self.sha + "0"] {
            #expect(CIEnvironment(jenkins.merging(["GIT_COMMIT": commit]) { $1 })?.commit == nil, "\(commit)")
        }
        let upper = jenkins.merging(["GIT_COMMIT": Self.sha.uppercased()]) { $1 }
        #expect(CIEnvironment(upper)?.commit == Self.sha)
    }

    @Test func aDisagreementIsSaidInWords() throws {
        let environment = try #require(CIEnvironment(jenkins))
        #expect(environment.disagreement(withHead: Self.sha) == nil)
        let other = String(repeating: "1", count: 40)
        let words = try #require(environment.disagreement(withHead: other))
        #expect(words.contains("e69de29bb2d1") && words.contains("111111111111"))
        #expect(CIEnvironment(["GITLAB_CI": "true"])?.disagreement(withHead: other) == nil)
    }
}
