package import RegistryTypes

/// What `assay show` prints of a run.
package struct RunPage {
    private let run: RunRecord
    private let console: Console

    /// Takes a run.
    package init(_ run: RunRecord, console: Console) {
        self.run = run
        self.console = console
    }

    private static let longestList = 50

    /// The whole page.
    package var text: String {
        var page = PageText()
        page.add(console.styled("run \(run.id)", .strong))
        page.add("kind", run.kind.rawValue)
        page.add("state", run.state == .failed ? console.styled("failed", .bad) : run.state.rawValue)
        page.add("recorded", "\(Wording.time(run.createdAt)) by \(VersionPage.name(run.createdBy))")
        page.add("version", run.version?.description)
        return (page.lines + bodyLines).joined(separator: "\n")
    }

    /// What a version's page also shows of its run.
    var bodyLines: [String] {
        var page = PageText()
        page.add("recipe", run.recipeDigest?.description)
        if let recipe = run.recipe {
            page.add("seed", String(recipe.seed))
            for (name, value) in recipe.parameters.sorted(by: { $0.key < $1.key }) {
                let text = (try? value.canonicalBytes()).map { String(decoding: $0, as: UTF8.self) } ?? ""
                page.add("parameter", "\(name) = \(text)\(recipe.floats?.contains(name) == true ? ".0" : "")")
            }
        }
        addSource(to: &page)
        for input in inputs { page.add("input", input) }
        page.add("image", run.image.map { "\($0.tag)@\($0.digest)" })
        addFacts(to: &page)
        page.section("metrics", metrics)
        return page.lines
    }

    private func addSource(to page: inout PageText) {
        guard let source = run.source ?? run.recipe?.source else { return }
        let folder = source.subfolder.isEmpty ? "" : " in \(source.subfolder)"
        page.add("commit", source.commit.hex + folder)
        page.add("repository", source.url ?? "no remote")
        page.add("patch", source.patch.map { "uncommitted changes \($0)" })
        for sentence in run.sourceIncomplete { page.add("incomplete", console.styled(sentence, .bad)) }
    }

    private var inputs: [String] {
        if let recipe = run.recipe {
            return recipe.inputs.map { "\($0.name) = dataset:\($0.dataset) (\($0.phase.rawValue))" }
        }
        return run.inputs.map { "\($0.name) = dataset:\($0.dataset) (\($0.phase.rawValue))" }
    }

    private func addFacts(to page: inout PageText) {
        let facts = run.facts
        if let start = facts.startedAt {
            let length = facts.endedAt.map { ", \(Wording.duration(milliseconds: $0 - start))" } ?? ""
            page.add("ran", Wording.time(start) + length)
        }
        let code = facts.exitCode.map { " with code \($0)" } ?? ""
        page.add("ending", facts.ending.map { $0 + code })
        page.add("memory", facts.peakMemoryBytes.map { "at most \(Wording.bytes($0))" })
        page.add("executor", facts.executor)
        page.add("processor", facts.host?["cpu.model"])
        page.add("builder", facts.builder)
        page.add("build", facts.buildURL)
    }

    private var metrics: [String] {
        // Of a series only its end is shown.
        var last: [String: Metric] = [:]
        for metric in run.metrics {
            let key = "\(metric.name)\u{0}\(metric.dataset?.description ?? "")"
            if (last[key]?.step ?? -1) < metric.step { last[key] = metric }
        }
        let ordered = last.sorted { $0.key < $1.key }.map(\.value)
        let lines = ordered.prefix(Self.longestList).map { metric in
            let value = metric.isNonfinite ? console.styled(Wording.metric(metric), .bad) : Wording.metric(metric)
            let step = metric.step > 0 ? " at step \(metric.step)" : ""
            let dataset = metric.dataset.map { "  on dataset:\($0)" } ?? ""
            return "\(metric.name) = \(value)\(step)\(dataset)"
        }
        return lines + VersionPage.rest(ordered.count)
    }
}
