import GRDB
import RegistryTypes

extension RunDescription {
    /// The run with every dataset called as the registry calls it, by stored name and number, and the metrics in their
    /// canonical order: what is hashed is then what is stored and told, and anybody can hash it again.
    ///
    /// Throws `not-found` for a dataset that is not there, `invalid-request` if a metric then stands twice, and
    /// `invalid-recipe` if the recipe, whose bytes are hashed as they are, calls a dataset otherwise.
    func resolved(_ db: Database) throws -> RunDescription {
        var names: [VersionReference: VersionReference] = [:]
        func resolve(_ reference: VersionReference) throws -> VersionReference {
            if let known = names[reference] { return known }
            let collection = try CollectionRows.require(.dataset, reference.name, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            let resolved = VersionReference(name: collection.name, selector: .number(version.number))
            names[reference] = resolved
            return resolved
        }
        var run = self
        for input in recipe?.inputs ?? [] {
            let stored = try resolve(input.dataset)
            guard input.dataset.description == stored.description else {
                throw RegistryError(
                    .invalidRecipe,
                    "the recipe's input \(input.name) has to name its dataset as it is called: \(stored)")
            }
        }
        run.inputs = try inputs?.map { RunInput(name: $0.name, phase: $0.phase, dataset: try resolve($0.dataset)) }
        run.metrics = try metrics.map { metric in
            guard let dataset = metric.dataset else { return metric }
            return Metric(name: metric.name, step: metric.step, value: metric.double, dataset: try resolve(dataset))
        }
        try Metric.requireUnique(run.metrics)
        run.metrics.sort { $0.precedes($1) }
        return run
    }
}
