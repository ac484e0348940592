import RegistryTypes

extension CIEnvironment {
    /// Recognises the system from environment variables; nil outside of CI.
    ///
    /// Sources: docs.github.com "Variables reference", docs.gitlab.com "Predefined CI/CD variables reference",
    /// jenkins.io "Using environment variables".
    package init?(_ environment: [String: String]) {
        // Empty counts as absent: a CI that passes variables into containers often passes empty ones.
        let values = environment.filter { !$0.value.isEmpty }
        if values["GITHUB_ACTIONS"] == "true" {
            self.init(githubActions: values)
        } else if values["GITLAB_CI"] == "true" {
            self.init(gitlab: values)
        } else if values["JENKINS_URL"] != nil || values["BUILD_TAG"]?.hasPrefix("jenkins-") == true {
            self.init(jenkins: values)
        } else {
            return nil
        }
    }

    /// A run keeps its id when it is run again; only `GITHUB_RUN_ATTEMPT` counts up, so the id leaves it out.
    private init(githubActions values: [String: String]) {
        let repository = values["GITHUB_REPOSITORY"].map {
            "\(Self.address(values["GITHUB_SERVER_URL"]) ?? "https://github.com")/\($0)"
        }
        let run = repository.flatMap { repository in
            values["GITHUB_RUN_ID"].map { "\(repository)/actions/runs/\($0)" }
        }
        builder = .githubActions
        buildURL = run.map { run in values["GITHUB_RUN_ATTEMPT"].map { "\(run)/attempts/\($0)" } ?? run }
        buildID = run.map { "github-actions:\($0)" }
        commit = Self.commit(values["GITHUB_SHA"])
        repositoryURL = repository
        job = values["GITHUB_WORKFLOW_REF"]
        actor = values["GITHUB_ACTOR"]
    }

    /// A retried job gets a new job id in the same pipeline, so the id names the pipeline.
    private init(gitlab values: [String: String]) {
        let project = Self.address(values["CI_PROJECT_URL"])
        builder = .gitlab
        buildURL = Self.address(values["CI_JOB_URL"])
        buildID = project.flatMap { project in
            values["CI_PIPELINE_ID"].map { "gitlab:\(project)/-/pipelines/\($0)" }
        }
        commit = Self.commit(values["CI_COMMIT_SHA"])
        repositoryURL = project
        job = values["CI_JOB_NAME"]
        actor = values["GITLAB_USER_LOGIN"]
    }

    /// The number of a build is unique in its job and the job in its Jenkins; `BUILD_TAG` joins the first two.
    private init(jenkins values: [String: String]) {
        builder = .jenkins
        buildURL = Self.address(values["BUILD_URL"])
        buildID = values["BUILD_TAG"].map { tag in
            "jenkins:\(Self.address(values["JENKINS_URL"]) ?? "")#\(tag)"
        }
        commit = Self.commit(values["GIT_COMMIT"])
        repositoryURL = Self.address(values["GIT_URL"])
        job = values["JOB_NAME"]
        actor = nil
    }

    private static func address(_ text: String?) -> String? {
        text.flatMap(RemoteAddress.withoutCredentials)
    }

    private static func commit(_ text: String?) -> String? {
        text.flatMap { try? GitObjectID(hex: $0.lowercased()) }?.hex
    }
}
