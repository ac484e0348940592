package import RegistryTypes

/// A `--dataset` of a push: `[evaluate:][name=]ns/name[:version]`.
package struct DatasetArgument: Sendable, Hashable {
    /// What the run calls it; the dataset's own name if nothing else is said.
    package let name: String
    /// What it was read for.
    package let phase: Recipe.Phase
    /// The dataset version.
    package let reference: VersionReference

    /// Parses the argument; throws `invalid-reference` or `invalid-name`.
    package init(_ text: String) throws {
        var rest = Substring(text)
        var phase = Recipe.Phase.train
        for word in Recipe.Phase.allCases where rest.hasPrefix("\(word.rawValue):") {
            phase = word
            rest = rest.dropFirst(word.rawValue.count + 1)
            break
        }
        let parts = rest.split(separator: "=", maxSplits: 1)
        guard let last = parts.last else {
            throw RegistryError(.invalidReference, "a dataset is given as [name=]namespace/name:version")
        }
        let target = last.hasPrefix("dataset:") ? last.dropFirst("dataset:".count) : last
        reference = try VersionReference(target)
        self.phase = phase
        name = parts.count == 2 ? try ResourceName(parts[0]).text : reference.name.name.text
    }

    /// What a run records, with the number that the server resolved.
    package func input(_ version: VersionSummary) -> RunInput {
        RunInput(
            name: name, phase: phase, dataset: VersionReference(name: version.name, selector: .number(version.number)))
    }
}
