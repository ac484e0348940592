extension PolicyDocument {
    /// The most members of a group, rules of a kind, and groups.
    private static let longestList = 200

    /// The digest that names the policy.
    public func digest() throws -> Digest { try canonicalDigest() }

    /// Throws `invalid-policy` for a rule that could never be met, or that could be understood in two ways.
    public func check() throws {
        guard schema == Self.schemaName else {
            throw Self.invalid("schema", "is \"\(schema.prefix(40))\"; this version of Assay knows \(Self.schemaName)")
        }
        try checkGroups()
        try checkApprovals()
        if let verdict { try Self.check(verdict) }
        for rule in try Self.limited(metrics, "metrics") { try Self.check(rule) }
        for rule in try Self.limited(comparisons, "comparisons") { try Self.check(rule) }
        _ = try Self.limited(datasets, "datasets")
        _ = try Self.limited(evaluations, "evaluations")
        _ = try Self.limited(formats, "formats")
        for pattern in try Self.limited(images, "images") + Self.limited(otherFiles, "otherFiles")
            + Self.limited(scan?.allow, "scan.allow")
        {
            guard (1...NamePattern.maximumLength).contains(pattern.unicodeScalars.count) else {
                throw Self.invalid("a pattern", "has 1 to \(NamePattern.maximumLength) characters")
            }
        }
    }

    /// The members of a group, those of the groups in it included; throws for an unknown group and for a circle.
    public func members(of group: String) throws -> Set<String> {
        var found: Set<String> = []
        try addMembers(of: group, to: &found, within: [])
        return found
    }

    /// The group that an entry of another group stands for.
    static func group(in member: String) -> String? {
        member.hasPrefix(groupPrefix) ? String(member.dropFirst(groupPrefix.count)) : nil
    }

    /// What stands before a group's name where a member could stand.
    public static let groupPrefix = "group:"

    private func addMembers(of group: String, to found: inout Set<String>, within path: [String]) throws {
        guard !path.contains(group) else {
            throw Self.invalid("groups", "go in a circle: \((path + [group]).joined(separator: " → "))")
        }
        guard let members = groups?[group] else { throw Self.invalid("groups", "has no group \"\(group)\"") }
        for member in members {
            if let inner = Self.group(in: member) {
                try addMembers(of: inner, to: &found, within: path + [group])
            } else {
                found.insert(member)
            }
        }
    }

    private func checkGroups() throws {
        let groups = groups ?? [:]
        guard groups.count <= Self.longestList else { throw Self.tooMany("groups") }
        for (name, members) in groups {
            guard (try? ResourceName(name)) != nil else {
                throw Self.invalid("groups", "has the name \"\(name.prefix(40))\", which is none")
            }
            guard (1...Self.longestList).contains(members.count) else {
                throw Self.invalid("groups.\(name)", "has 1 to \(Self.longestList) members")
            }
            _ = try self.members(of: name)
        }
    }

    private func checkApprovals() throws {
        guard let approvals else { return }
        let count = approvals.count ?? 1
        guard (1...20).contains(count) else { throw Self.invalid("approvals.count", "is a number from 1 to 20") }
        for (name, number) in approvals.groups ?? [:] {
            let members = try members(of: name)
            guard (1...members.count).contains(number) else {
                throw Self.invalid(
                    "approvals.groups.\(name)",
                    "is a number from 1 to \(members.count), for the group has so many members")
            }
        }
    }

    private static func check(_ rule: VerdictRule) throws {
        let possible: [Verdict.Outcome] =
            rule.kind == .retrain
            ? [.bitIdentical, .tensorEqual, .withinTolerance, .metricEquivalent] : [.bitIdentical, .metricEquivalent]
        guard possible.contains(rule.atLeast) else {
            let words = possible.map(\.rawValue).joined(separator: ", ")
            throw invalid("verdict.atLeast", "is one of \(words) for kind \(rule.kind.rawValue)")
        }
        guard (1...87_600).contains(rule.notOlderThanHours ?? 1) else {
            throw invalid("verdict.notOlderThanHours", "is a number of hours from 1 to 87600, which are ten years")
        }
    }

    private static func check(_ rule: MetricRule) throws {
        guard rule.atLeast != nil || rule.atMost != nil, rule.atLeast ?? -.infinity <= rule.atMost ?? .infinity else {
            throw invalid("metrics", "needs atLeast, atMost or both for \(rule.name), the lower not above the upper")
        }
    }

    private static func check(_ rule: ComparisonRule) throws {
        let allowed = [rule.notWorseThan, rule.notWorseThanPercent].compactMap(\.self)
        guard allowed.count == 1, allowed[0] >= 0, allowed[0].isFinite else {
            throw invalid(
                "comparisons", "needs either notWorseThan or notWorseThanPercent for \(rule.name), not below 0")
        }
    }

    private static func limited<Rule>(_ rules: [Rule]?, _ name: String) throws -> [Rule] {
        guard rules?.count ?? 0 <= longestList else { throw tooMany(name) }
        return rules ?? []
    }

    private static func tooMany(_ name: String) -> RegistryError {
        invalid(name, "has more than \(longestList) entries")
    }

    private static func invalid(_ place: String, _ problem: String) -> RegistryError {
        RegistryError(.invalidPolicy, "\(place) \(problem)", details: ["place": place])
    }
}
