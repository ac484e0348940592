import RegistryTypes
import WeightFormats

extension PolicyFile {
    static func approvals(_ value: YAMLValue) throws -> PolicyDocument.ApprovalRule {
        var map = try value.mapping()
        let count = try map.optional("count").map { Int(try $0.integer()) }
        var groups: [String: Int]?
        if let written = map.optional("groups") {
            var numbers = try written.mapping()
            groups = Dictionary(
                try numbers.all().map { ($0.key, Int(try $0.value.integer())) }, uniquingKeysWith: { $1 })
        }
        try map.finish()
        return PolicyDocument.ApprovalRule(count: count, groups: groups)
    }

    static func verdict(_ value: YAMLValue) throws -> PolicyDocument.VerdictRule {
        var map = try value.mapping()
        let rule = PolicyDocument.VerdictRule(
            kind: try map.required("kind").word(Verdict.Kind.self),
            atLeast: try map.required("atLeast").word(Verdict.Outcome.self),
            notOlderThanHours: try map.optional("notOlderThan").map(hours),
            allowLocal: try map.optional("allowLocal")?.truth())
        try map.finish()
        return rule
    }

    static func metric(_ value: YAMLValue) throws -> PolicyDocument.MetricRule {
        var map = try value.mapping()
        let rule = PolicyDocument.MetricRule(
            name: try map.required("name").text(), dataset: try map.optional("dataset").map(dataset),
            atLeast: try map.optional("atLeast").map(finite), atMost: try map.optional("atMost").map(finite),
            byWorker: try map.optional("byWorker")?.truth())
        try map.finish()
        guard rule.atLeast != nil || rule.atMost != nil else { throw value.error("needs atLeast, atMost or both") }
        return rule
    }

    static func comparison(_ value: YAMLValue) throws -> PolicyDocument.ComparisonRule {
        var map = try value.mapping()
        var rule = PolicyDocument.ComparisonRule(
            name: try map.required("name").text(), dataset: try map.optional("dataset").map(dataset),
            better: try map.required("better").word(PolicyDocument.Direction.self))
        let written = try map.required("notWorseThan")
        let text = try written.text()
        if text.hasSuffix("%") {
            guard let percent = Double(text.dropLast().trimmingSpaces), percent.isFinite, percent >= 0 else {
                throw written.error("is no number of percent; write 1%, or a number in the metric's own unit")
            }
            rule.notWorseThanPercent = percent
        } else {
            guard case .number(let number) = try written.scalar(), number.isFinite, number >= 0 else {
                throw written.error("is \"\(text.prefix(40))\"; write 1%, or a number in the metric's own unit")
            }
            rule.notWorseThan = number
        }
        try map.finish()
        return rule
    }

    /// A dataset by its name; a version would be out of date with the next one.
    static func dataset(_ value: YAMLValue) throws -> QualifiedName {
        try value.parsed { text in
            let name = text.hasPrefix("dataset:") ? String(text.dropFirst(8)) : text
            guard !name.contains(":"), !name.contains("@") else {
                throw RegistryError(.invalidName, "name the dataset without a version, as in risk/holdout")
            }
            return try QualifiedName(name)
        }
    }

    static func format(_ value: YAMLValue) throws -> String {
        let name = try value.text()
        guard KnownWeightFormats.named(name) != nil else {
            let known = KnownWeightFormats.all.map(\.name).joined(separator: ", ")
            throw value.error(
                "is \"\(name.prefix(40))\", which is no weight format that Assay reads; use one of \(known)")
        }
        return name
    }

    static func scan(_ value: YAMLValue) throws -> PolicyDocument.ScanRule {
        if let isOn = try? value.truth() {
            guard isOn else { throw value.error("is true, or a map with allow; leave it out for no scan") }
            return PolicyDocument.ScanRule()
        }
        var map = try value.mapping()
        let rule = PolicyDocument.ScanRule(allow: try map.optional("allow")?.words())
        try map.finish()
        return rule
    }

    /// Whole hours, of a length of time with its unit.
    private static func hours(_ value: YAMLValue) throws -> Int {
        let span = try value.parsed { try TimeSpan($0).milliseconds }
        guard span > 0, span % 3_600_000 == 0 else {
            throw value.error("is not a number of whole hours; write 12h or 30d")
        }
        return Int(span / 3_600_000)
    }

    private static func finite(_ value: YAMLValue) throws -> Double {
        if let text = try? value.text(), text.hasSuffix("%") {
            throw value.error("is a percentage; write the number itself, as in 0.98")
        }
        return try value.number()
    }
}

extension YAMLValue {
    /// A truth value.
    func truth() throws -> Bool {
        guard case .bool(let value) = try scalar() else { throw error("must be true or false") }
        return value
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring { drop { $0 == " " } }
}
