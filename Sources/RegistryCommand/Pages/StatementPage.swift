import RegistryTypes

/// What a signed statement says, and what it does not.
struct StatementPage {
    let statement: SignedStatement
    let check: SubjectCheck?
    let console: Console

    private static let longestList = 50

    var text: String {
        var page = PageText()
        page.add("signature", console.styled("good", .good) + ", by the key \(statement.key.id)")
        let subject = statement.subjects[0]
        page.add("version", subject.name)
        page.add("artifact", subject.digest?["sha256"].map { "sha256:\($0)" })
        switch statement.content {
        case .reproduction(let statement): add(statement.predicate, to: &page)
        case .provenance(let statement): add(statement.predicate, to: &page)
        }
        page.section("files", files)
        page.section("not stated", notStated)
        return page.text
    }

    private func add(_ predicate: ReproductionPredicate, to page: inout PageText) {
        page.add("digest", predicate.version.digest.description)
        page.add("recipe", predicate.version.recipe?.description)
        page.add(
            "stated",
            "\(predicate.kind.rawValue) \(predicate.reproduction), ended \(predicate.endedAt)\(age(predicate.endedAt))")
        page.add("varied", predicate.variation.map { console.styled("\($0)", .doubtful) + PageText.noteOnVariation })
        let reason = predicate.reason.map { " (\($0))" } ?? ""
        page.add("verdict", VerdictReport.styled(predicate.verdict, console: console) + reason)
        page.add("because", predicate.explanation)
        page.add("conditions", VerdictReport.words(predicate.conditions))
        page.add("flags", predicate.flags.isEmpty ? nil : predicate.flags.joined(separator: ", "))
        page.add("executor", predicate.executor)
        for output in predicate.outputs {
            page.add("output", "\(output.path): \(output.verdict.rawValue), read as \(output.format)")
        }
        let differing = predicate.metrics.filter { $0.result != .identical }.count
        if !predicate.metrics.isEmpty {
            page.add("metrics", "\(predicate.metrics.count) compared, \(differing) not identical")
        }
        page.add("report", predicate.evidence.report.description)
        page.add("log", predicate.evidence.log?.description)
    }

    private func age(_ end: String) -> String {
        guard let time = StatementTime.milliseconds(end) else { return "" }
        return ", \(Wording.age(of: time, at: Wording.now))"
    }

    private func add(_ predicate: ProvenancePredicate, to page: inout PageText) {
        page.add("stated", "provenance, \(predicate.buildDefinition.buildType)")
        page.add("builder", predicate.runDetails.builder.id)
        page.add("run", predicate.runDetails.metadata.invocationId)
        page.section(
            "made from",
            predicate.buildDefinition.resolvedDependencies.map { dependency in
                let digests = (dependency.digest ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
                return ([dependency.name ?? "-"] + digests).joined(separator: "  ")
            })
    }

    private var files: [String] {
        guard let check else { return [] }
        let lines = check.findings.map { file, finding in
            switch finding {
            case .matches: "\(console.styled("good", .good))     \(file.path)"
            case .differs: "\(console.styled("DIFFERS", .bad))  \(file.path): the statement names other bytes"
            case .unknown: "\(console.styled("UNKNOWN", .bad))  \(file.path): the statement names no such file"
            }
        }
        return Array(lines.prefix(Self.longestList)) + VersionPage.rest(lines.count)
    }

    private var notStated: [String] {
        var lines = [
            "that the version is approved, or that the code and the data mean well",
            "whose key this is: compare its identity with the one that the server publishes",
        ]
        if case .provenance = statement.content {
            lines.append(
                "that the run happened so: a server records what a pusher tells; a reproduction is its own finding")
        }
        guard let check else { return lines + ["that any file is the one meant: none was given"] }
        if !check.notGiven.isEmpty {
            let names = check.notGiven.prefix(5).joined(separator: ", ")
            lines.append(
                "of \(check.notGiven.count) files of the version nothing was checked, they were not given: \(names)")
        }
        return lines
    }
}
