import RegistryTypes

/// The registry as a few dictionaries: what its rules say, without database and files.
struct RegistryModel {
    /// A version as the rules see it.
    struct Version {
        let files: [Digest]
        var state = ApprovalState.pending
    }

    /// What an operation answers, in both worlds.
    enum Answer: Equatable {
        case done
        case version(Int)
        case bytes(Digest)
        case refused(ErrorCode)
    }

    var blobs: Set<Digest> = []
    var models: [String: [Version]] = [:]
    var aliases: [String: [String: Int]] = [:]
    /// What was answered under which key, and for which content.
    var keys: [String: (model: String, files: [Digest], number: Int)] = [:]

    mutating func push(_ files: [Digest], to model: String, key: String?) -> Answer {
        guard files.allSatisfy(blobs.contains) else { return .refused(.blobUnknown) }
        if let key, let known = keys[key] {
            return known.model == model && known.files == files
                ? .version(known.number) : .refused(.idempotencyKeyReused)
        }
        models[model, default: []].append(Version(files: files))
        let number = models[model]?.count ?? 0
        if let key { keys[key] = (model, files, number) }
        return .version(number)
    }

    mutating func decide(_ decision: Decision, _ model: String, _ number: Int, byPusher: Bool) -> Answer {
        guard let version = version(model, number) else { return .refused(.notFound) }
        switch decision {
        case .approve where byPusher: return .refused(.fourEyes)
        case .approve where version.state == .approved, .reject where version.state == .rejected,
            .withdraw where version.state != .approved:
            return .refused(.conflict)
        default:
            models[model]?[number - 1].state = decision.state
            return .done
        }
    }

    mutating func move(_ alias: String, of model: String, to number: Int?, expected: Int?) -> Answer {
        guard models[model] != nil else { return .refused(.notFound) }
        let present = aliases[model]?[alias]
        guard expected == nil || expected == present ?? 0 else { return .refused(.preconditionFailed) }
        guard number != nil || present != nil else { return .refused(.notFound) }
        if let number {
            guard let version = version(model, number) else { return .refused(.notFound) }
            guard alias != "production" || version.state == .approved else { return .refused(.versionNotApproved) }
        }
        aliases[model, default: [:]][alias] = number
        return .done
    }

    /// The first file of what a reference picks, for a deployer or for somebody who may read everything.
    func fetch(_ model: String, _ selector: String, asDeployer: Bool) -> Answer {
        guard let versions = models[model] else { return .refused(.notFound) }
        let number = selector == "latest" ? versions.count : Int(selector) ?? aliases[model]?[selector] ?? 0
        guard let version = version(model, number) else { return .refused(.notFound) }
        guard !asDeployer || (version.state == .approved && selector != "latest") else {
            return .refused(.versionNotApproved)
        }
        return .bytes(version.files[0])
    }

    private func version(_ model: String, _ number: Int) -> Version? {
        guard let versions = models[model], versions.indices.contains(number - 1) else { return nil }
        return versions[number - 1]
    }
}
