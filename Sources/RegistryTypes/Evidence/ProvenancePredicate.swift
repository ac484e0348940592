/// Where a version came from: the predicate of SLSA provenance v1.
public struct ProvenancePredicate: Codable, Hashable, Sendable {
    /// The predicate's type in statements.
    public static let type = "https://slsa.dev/provenance/v1"

    /// What was asked for.
    public struct BuildDefinition: Codable, Hashable, Sendable {
        /// `urn:assay:recipe:v1` for a run that can be repeated, `urn:assay:import:v1` for one that was only told.
        public var buildType: String
        /// The recipe; empty for an import.
        public var externalParameters: [String: JSONValue]
        /// The source, the data and the image, by digest.
        public var resolvedDependencies: [ResourceDescriptor]
    }

    /// What happened.
    public struct RunDetails: Codable, Hashable, Sendable {
        /// Who built it. The server was told; only a reproduction is its own finding.
        public struct Builder: Codable, Hashable, Sendable {
            public var id: String
        }

        /// Which invocation it was, and when; times as RFC 3339 in UTC.
        public struct Metadata: Codable, Hashable, Sendable {
            public var invocationId: String
            public var startedOn: String?
            public var finishedOn: String?
        }

        public var builder: Builder
        public var metadata: Metadata
        /// The log, if one was kept.
        public var byproducts: [ResourceDescriptor]?
    }

    public var buildDefinition: BuildDefinition
    public var runDetails: RunDetails
}

extension ProvenancePredicate {
    /// States what a run record says; `artifacts` are the digests of the data that it read, by input name.
    package init(_ run: RunRecord, artifacts: [String: Digest]) throws {
        var dependencies: [ResourceDescriptor] = []
        if let source = run.source {
            dependencies.append(
                ResourceDescriptor(
                    name: "source", uri: source.url.map { "git+\($0)" }, digest: ["gitCommit": source.commit.hex]))
            dependencies.append(ResourceDescriptor(name: "source bundle", sha256: source.bundle))
            if let patch = source.patch { dependencies.append(ResourceDescriptor(name: "source patch", sha256: patch)) }
        }
        for input in run.inputs {
            dependencies.append(
                ResourceDescriptor(
                    name: input.name, digest: artifacts[input.name].map { ["sha256": $0.hex] },
                    annotations: ["dataset": "\(input.dataset)", "phase": input.phase.rawValue]))
        }
        if let image = run.image { dependencies.append(ResourceDescriptor(name: image.tag, sha256: image.digest)) }
        buildDefinition = BuildDefinition(
            buildType: run.recipe == nil ? "urn:assay:import:v1" : "urn:assay:recipe:v1",
            externalParameters: try run.recipe.map { ["recipe": try JSONValue(encoding: $0)] } ?? [:],
            resolvedDependencies: dependencies)
        let builder = run.facts.builder ?? (run.facts.executor == nil ? "unknown" : "assay-run")
        runDetails = RunDetails(
            builder: .init(id: "urn:assay:builder:\(builder)"),
            metadata: .init(
                invocationId: run.facts.buildURL ?? run.facts.buildID ?? run.id.text,
                startedOn: run.facts.startedAt.map(StatementTime.text),
                finishedOn: run.facts.endedAt.map(StatementTime.text)),
            byproducts: run.log.map { [ResourceDescriptor(name: "log", sha256: $0)] })
    }
}
