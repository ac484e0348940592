/// What a pusher says of the run that produced a version; frozen as soon as it is recorded.
public struct RunDescription: Hashable, Sendable, Codable {
    /// What the run was.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case train, evaluate
        /// A push without a recipe: the facts are the pusher's word.
        case `import`
    }

    /// How it ended.
    public enum State: String, Sendable, Codable, CaseIterable {
        case finished, failed
    }

    public var kind: Kind
    public var state: State
    /// The recipe, for runs that can be repeated.
    public var recipe: Recipe?
    /// Where the code came from, for runs without a recipe.
    public var source: Recipe.Source?
    /// The data that was read, for runs without a recipe.
    public var inputs: [RunInput]?
    /// The container image that ran or will serve.
    public var image: ContainerImage?
    /// What was measured.
    public var metrics: [Metric]
    /// What was found while running.
    public var facts: RunFacts
    /// The digest of the run's log.
    public var log: Digest?

    /// Describes a run.
    public init(
        kind: Kind, state: State = .finished, recipe: Recipe? = nil, source: Recipe.Source? = nil,
        inputs: [RunInput]? = nil, image: ContainerImage? = nil, metrics: [Metric] = [], facts: RunFacts = RunFacts(),
        log: Digest? = nil
    ) {
        self.kind = kind
        self.state = state
        self.recipe = recipe
        self.source = source
        self.inputs = inputs
        self.image = image
        self.metrics = metrics
        self.facts = facts
        self.log = log
    }
}

/// A dataset version that a run read.
public struct RunInput: Hashable, Sendable, Codable {
    /// What the run calls it.
    public var name: String
    /// What it was read for.
    public var phase: Recipe.Phase
    /// The dataset version.
    public var dataset: VersionReference

    /// Describes an input.
    public init(name: String, phase: Recipe.Phase, dataset: VersionReference) {
        self.name = name
        self.phase = phase
        self.dataset = dataset
    }
}

/// A container image, by the tag that people say and the digest that machines pull.
public struct ContainerImage: Hashable, Sendable, Codable {
    /// `registry.example/team/app:1.4`
    public var tag: String
    /// The image's digest.
    public var digest: Digest

    /// Parses `repository:tag@sha256:…`.
    public init(_ text: String) throws {
        guard let at = text.lastIndex(of: "@"), at != text.startIndex else {
            throw RegistryError(
                .invalidReference, "an image is given by tag and digest, as in app:1.4@sha256:…; a tag alone can move")
        }
        tag = String(text[..<at])
        digest = try Digest(text[text.index(after: at)...])
        try check()
    }

    /// Throws `invalid-reference` if the tag holds what no image name holds.
    public func check() throws {
        let isName = tag.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "._-/:".utf8.contains(byte)
        }
        guard isName, (1...512).contains(tag.utf8.count) else {
            throw RegistryError(.invalidReference, "\"\(tag.prefix(100))\" is not the name of a container image")
        }
    }
}
