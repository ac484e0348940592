import RegistryClient
package import RegistryTypes

/// A project's `assay.yaml` as a whole: one step, or several that build on each other.
package struct Project: Sendable, Hashable {
    /// A part of the file that is run by itself and makes a version of its own.
    package struct Step: Sendable, Hashable {
        /// The step's name; empty for the only step of a file without `steps`.
        package var name: String
        /// The folder whose files are the step's source, below the project's; empty for the project's own.
        package var folder: String
        /// What is run.
        package var file: AssayFile

        /// Where the step's source is, in a project's folder.
        func place(in project: String) -> String { folder.isEmpty ? project : project + "/" + folder }

        /// What the step itself calls a parameter that is given as `name` or `step.name`; nil if it has none.
        func parameter(_ given: String) -> String? {
            if file.parameters[given] != nil { return given }
            guard !name.isEmpty, given.hasPrefix(name + ".") else { return nil }
            let own = String(given.dropFirst(name.count + 1))
            return file.parameters[own] == nil ? nil : own
        }

        /// The names of the steps whose datasets it reads.
        var needs: [String] {
            file.inputs.compactMap { input in
                if case .step(let name) = input.origin { name } else { nil }
            }
        }
    }

    /// The steps, each behind those that it needs; otherwise as they are written.
    package private(set) var steps: [Step]

    /// Whether the file has `steps`.
    package var isPipeline: Bool { steps.first?.name != "" }

    /// Puts steps in order.
    ///
    /// Throws `invalid-recipe` if two have the same name or make the same thing, if one needs a step that is not there
    /// or that makes no dataset, or if they wait for each other.
    package init(_ steps: [Step]) throws {
        for (index, step) in steps.enumerated() {
            if !step.name.isEmpty { _ = try ResourceName(step.name) }
            for other in steps[..<index] {
                guard other.name != step.name else { throw Self.refuse("two steps are called \(step.name)") }
                guard (other.file.kind, other.file.product) != (step.file.kind, step.file.product) else {
                    throw Self.refuse("the steps \(other.name) and \(step.name) both make \(step.file.product)")
                }
            }
            for name in step.needs {
                guard let needed = steps.first(where: { $0.name == name }) else {
                    throw Self.refuse("the step \(step.name) reads from the step \(name), which does not exist")
                }
                guard needed.file.kind == .datasets else {
                    throw Self.refuse("the step \(step.name) reads from the step \(name), which makes no dataset")
                }
            }
        }
        self.steps = try Self.ordered(steps)
    }

    /// Takes the first step that waits for nothing, again and again.
    private static func ordered(_ steps: [Step]) throws -> [Step] {
        var (waiting, ordered) = (steps, [Step]())
        while !waiting.isEmpty {
            let done = Set(ordered.map(\.name))
            guard let next = waiting.firstIndex(where: { $0.needs.allSatisfy(done.contains) }) else {
                throw refuse("the steps \(waiting.map(\.name).joined(separator: ", ")) wait for each other")
            }
            ordered.append(waiting.remove(at: next))
        }
        return ordered
    }

    /// The step of a name and all that it needs, in order; throws `invalid-request` if there is none.
    package func steps(upTo name: String) throws -> [Step] {
        guard steps.contains(where: { $0.name == name }) else {
            let known = isPipeline ? "it has \(steps.map(\.name).joined(separator: ", "))" : "it has no steps"
            throw RegistryError(.invalidRequest, "\(AssayFile.name) has no step \(name); \(known)")
        }
        var wanted: Set = [name]
        for step in steps.reversed() where wanted.contains(step.name) { wanted.formUnion(step.needs) }
        return steps.filter { wanted.contains($0.name) }
    }

    private static func refuse(_ message: String) -> RegistryError {
        RegistryError(.invalidRecipe, "\(AssayFile.name): \(message)")
    }
}

extension Project {
    /// Gives parameters other values; throws `invalid-request` for one that stands twice.
    package mutating func override(_ parameters: [ParameterOverride]) throws {
        var names: Set<String> = []
        for parameter in parameters {
            guard names.insert(parameter.name).inserted else {
                throw RegistryError(.invalidRequest, "the parameter \(parameter.name) is given twice")
            }
            try override(parameter)
        }
    }

    /// Gives a parameter another value: `name` in every step that has it, `step.name` in one.
    package mutating func override(_ parameter: ParameterOverride) throws {
        var isKnown = false
        for index in steps.indices {
            guard let name = steps[index].parameter(parameter.name) else { continue }
            try steps[index].file.override(name, parameter)
            isKnown = true
        }
        guard isKnown else {
            let known = Set(steps.flatMap(\.file.parameters.keys)).sorted().joined(separator: ", ")
            throw RegistryError(
                .invalidRequest,
                "\(AssayFile.name) has no parameter \(parameter.name); it has \(known.isEmpty ? "none" : known)")
        }
    }

    /// Gives every step another seed.
    package mutating func reseed(_ seed: Int64) {
        for index in steps.indices { steps[index].file.seed = seed }
    }

    /// Says which image will serve the models.
    package mutating func serve(by image: ContainerImage) {
        for index in steps.indices where steps[index].file.kind == .models { steps[index].file.image = image }
    }
}
