package import RegistryClient
package import RegistryTypes

/// The recipe of one step as people write it, before the source is captured and the datasets are looked up.
///
/// `docs/reference/assay-yaml.md` describes the fields.
package struct AssayFile: Sendable, Hashable {
    /// The file's name in a project.
    package static let name = "assay.yaml"
    /// The schema that this version reads.
    package static let schema = "assay/v1"

    /// What the commands read.
    package struct Input: Sendable, Hashable {
        /// Where the files come from.
        package enum Origin: Sendable, Hashable {
            case dataset(VersionReference)
            /// The dataset that another step of the same file makes.
            case step(String)
        }

        package var name: String
        package var origin: Origin
        package var phase: Recipe.Phase
    }

    /// Whether the files that come out become a version of a model or of a dataset.
    package var kind: CollectionKind
    /// The model's or dataset's name.
    package var product: QualifiedName
    package var seed: Int64
    package var parameters: [String: JSONValue]
    /// The parameters that are written as floating-point numbers, `1.0` or `1e3`.
    package var floats: Set<String>
    package var environment: Recipe.Environment
    package var python: Recipe.Python?
    package var inputs: [Input]
    package var train: [String]
    package var evaluate: [String]?
    package var outputs: [Recipe.Output]
    package var compare: Recipe.Comparison
    package var resources: Recipe.Resources
    package var timeouts: Recipe.Timeouts
    package var env: [String: String]
    /// The image that will serve the model, or that the project names for other reasons.
    package var image: ContainerImage?

    /// The recipe, with what only the server and git know.
    ///
    /// - Parameters:
    ///   - source: the captured source.
    ///   - datasets: by input name, the numbered version that the server resolved and its artifact digest.
    /// - Throws: `invalid-recipe`.
    package func recipe(
        source: Recipe.Source, datasets: [String: (version: VersionReference, artifact: Digest)]
    ) throws -> Recipe {
        let resolved = try inputs.map { input in
            guard let dataset = datasets[input.name] else {
                throw RegistryError(.invalidRecipe, "the dataset of the input \(input.name) was not looked up")
            }
            return Recipe.Input(
                name: input.name, phase: input.phase, dataset: dataset.version, artifact: dataset.artifact)
        }
        let recipe = Recipe(
            source: source, inputs: resolved, parameters: parameters, floats: floats, seed: seed, env: env,
            environment: environment, python: python,
            train: train, evaluate: evaluate, outputs: outputs, compare: compare, resources: resources,
            timeouts: timeouts)
        try recipe.check()
        return recipe
    }

    /// The same step, with the datasets that other steps made in the place of their names.
    package func reading(_ made: [String: VersionReference]) -> AssayFile {
        var file = self
        file.inputs = inputs.map { input in
            guard case .step(let step) = input.origin, let dataset = made[step] else { return input }
            var input = input
            input.origin = .dataset(dataset)
            return input
        }
        return file
    }
}
