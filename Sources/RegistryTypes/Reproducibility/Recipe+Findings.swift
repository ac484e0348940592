extension Recipe {
    /// What the recipe alone says about its repetition, before anything is looked up.
    public func findings(for kind: Verdict.Kind) -> [RecipeFinding] {
        sourceFindings + environmentFindings + commandFindings(kind) + outputFindings + toleranceFindings
    }

    private var sourceFindings: [RecipeFinding] {
        var found: [RecipeFinding] = []
        if source.patch != nil {
            found.append(
                .init(
                    .weakens, "dirty-source", "The source had changes that were not committed.",
                    fix: "Commit them and run again; every verdict carries the flag dirty-source otherwise."))
        }
        if source.url == nil {
            found.append(
                .init(
                    .note, "no-remote", "The repository has no remote, so people cannot look the commit up.",
                    fix: "Add a remote; the stored source is enough for a repetition."))
        }
        return found
    }

    private var environmentFindings: [RecipeFinding] {
        switch environment.kind {
        case .rootfs: []
        case .image:
            [
                .init(
                    .note, "image-needed", about: environment.image?.repository,
                    "Machines that repeat it fetch the image from its registry, unless they have unpacked it before.",
                    fix:
                        "Keep the image as long as versions need it; workers need `skopeo`, and credentials if it asks."
                )
            ]
        case .host:
            [
                .init(
                    .weakens, "unpinned-environment",
                    "The environment is the host's own: another machine, or this one after an update, has other libraries.",
                    fix: "Expect bit-identical results on the same machine only; verdicts name what differs.")
            ]
        }
    }

    private func commandFindings(_ kind: Verdict.Kind) -> [RecipeFinding] {
        var found: [RecipeFinding] = []
        if evaluate == nil {
            found.append(
                .init(
                    kind == .evaluate ? .prevents : .note, kind == .evaluate ? "no-recipe" : "no-evaluation",
                    "The recipe has no evaluate command, so trained weights cannot be measured again.",
                    fix: "Add evaluate to assay.yaml."))
        }
        for (name, command) in [("train", train), ("evaluate", evaluate ?? [])] where Self.fetches(command) {
            found.append(
                .init(
                    .weakens, "network-required", about: name,
                    "The \(name) command seems to fetch something, and there is no network in the sandbox.",
                    fix: "Push what it fetches as a dataset, or commit it."))
        }
        return found
    }

    /// Whether a command is one that reaches for the network, by its words.
    private static func fetches(_ command: [String]) -> Bool {
        let words = command.flatMap { $0.split { " \t\n;&|/".contains($0) } }
        let programs: Set<Substring> = ["curl", "wget", "hf", "huggingface-cli", "rsync", "scp", "ssh"]
        let installers: Set<Substring> = ["pip", "pip3", "apt", "apt-get", "conda", "npm", "uv"]
        return words.contains(where: programs.contains)
            || zip(words, words.dropFirst()).contains { first, second in
                installers.contains(first) && ["install", "download", "sync"].contains(second)
                    || first == "git" && ["clone", "fetch", "pull"].contains(second)
            }
    }

    private var outputFindings: [RecipeFinding] {
        let metrics = outputs.filter { $0.role == .metrics }
        guard !metrics.isEmpty else {
            // Datasets are compared as they are.
            return outputs.contains { $0.role == .data }
                ? []
                : [
                    .init(
                        .weakens, "no-metrics",
                        "No metrics are declared: weights that differ beyond their tolerance have diverged, however well they work.",
                        fix: "Have the commands write a metrics file and declare it with role metrics.")
                ]
        }
        return metrics.filter { $0.input == nil }.map { output in
            .init(
                .note, "metrics-without-data", about: output.path.text,
                "It is not said which data the metrics were measured on.", fix: "Give the output an input.")
        }
    }

    private var toleranceFindings: [RecipeFinding] {
        guard compare.metrics.isEmpty, compare.tensors.isEmpty else { return [] }
        return [
            .init(
                .note, "no-tolerances", "No tolerances are set, so the defaults of the number types and metrics hold.",
                fix: "Set them under compare before the run; those given later mark the verdict.")
        ]
    }
}
