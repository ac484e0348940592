extension Recipe {
    /// Throws `invalid-recipe` for the first thing that does not hold together, in words of `assay.yaml`.
    public func check() throws {
        guard schema == Self.schemaName, network == "none" else {
            throw RegistryError(.invalidRecipe, "the recipe's schema is \(Self.schemaName) and its network is none")
        }
        try checkCommand(train, named: "train")
        if let evaluate { try checkCommand(evaluate, named: "evaluate") }
        try checkSubfolder()
        try checkInputs()
        try checkOutputs()
        try checkParameters()
        try checkLimits()
        try checkOrder()
    }

    /// The same wishes have one digest, whoever writes them down.
    private func checkOrder() throws {
        guard inputs == inputs.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }),
            outputs == outputs.sorted(by: { $0.path < $1.path })
        else { throw refuse("a recipe lists its inputs by name and its outputs by path") }
    }

    private func refuse(_ message: String) -> RegistryError { RegistryError(.invalidRecipe, message) }

    private func checkCommand(_ command: [String], named name: String) throws {
        guard let program = command.first, !program.isEmpty, command.count <= 1000,
            command.allSatisfy({ !$0.utf8.contains(0) && $0.utf8.count <= 65536 })
        else {
            throw refuse("\(name) is a list of the program and its arguments, as in [python3, train.py]")
        }
    }

    private func checkSubfolder() throws {
        if !source.subfolder.isEmpty { _ = try ArtifactPath(source.subfolder) }
    }

    private func checkInputs() throws {
        let root = inputs.first { $0.name.lowercased() == Environment.rootInput }
        switch (environment.kind, root) {
        case (.rootfs, .some(let root)) where root.name == Environment.rootInput && root.phase == .train: break
        case (.host, nil), (.image, nil): break
        case (.rootfs, _): throw refuse("an environment of kind rootfs has its dataset as the input rootfs")
        case (.host, _), (.image, _):
            throw refuse("an input cannot be called rootfs: the name is taken by environments")
        }
        guard (environment.kind == .image) == (environment.image != nil) else {
            throw refuse("an environment of kind image, and no other, has an image")
        }
        let wheels = inputs.first { $0.name == Python.wheelsInput }
        guard python == nil || wheels?.phase == .train else {
            throw refuse("python has the dataset of its wheels as the input \(Python.wheelsInput), of phase train")
        }
        var names: Set<String> = []
        for input in inputs {
            _ = try ResourceName(input.name)
            guard input.name != "model", input.name != "params" else {
                throw refuse("an input cannot be called \(input.name): the name is taken inside the sandbox")
            }
            guard names.insert(input.name.lowercased()).inserted else {
                throw refuse("two inputs are called \(input.name)")
            }
            guard case .number = input.dataset.selector else {
                throw refuse("the input \(input.name) must name a numbered dataset version, not \(input.dataset)")
            }
            guard input.phase == .train || evaluate != nil else {
                throw refuse("the input \(input.name) is of phase evaluate, but there is no evaluate command")
            }
        }
    }

    private func checkOutputs() throws {
        let products = Set(outputs.map(\.role).filter(\.isProduct))
        guard !products.isEmpty else {
            throw refuse("outputs need at least one file of role weights, or of role data for a dataset")
        }
        guard products.count == 1 else { throw refuse("a run makes weights or data, not both; make it two steps") }
        var paths: Set<String> = []
        for output in outputs {
            guard paths.insert(output.path.text.lowercased()).inserted else {
                throw refuse("the output \(output.path) stands twice")
            }
            guard output.phase == .train || evaluate != nil else {
                throw refuse("the output \(output.path) is of phase evaluate, but there is no evaluate command")
            }
            guard !output.role.isProduct || output.phase == .train else {
                throw refuse(
                    "the output \(output.path) holds \(output.role.rawValue), so the train command must write it")
            }
            if let input = output.input, !inputs.contains(where: { $0.name == input }) {
                throw refuse("the output \(output.path) speaks of the input \(input), which does not exist")
            }
        }
    }

    private func checkParameters() throws {
        for (name, value) in parameters {
            switch value {
            case .array, .object: throw refuse("the parameter \(name) is not a scalar")
            case .number(let number) where !number.isFinite: throw refuse("the parameter \(name) is not finite")
            default: break
            }
        }
        let known = (floats ?? []).filter { parameters[$0]?.isWholeNumber == true }
        guard
            floats == nil
                || (floats == Set(known).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) && !known.isEmpty)
        else { throw refuse("floats lists parameters that are whole numbers, sorted and each once") }
        guard JSONValue.exactIntegers.contains(Int(seed)) else { throw refuse("the seed is beyond 2^53") }
        for (name, value) in env {
            let letters = name.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "_")
            }
            guard letters, !name.isEmpty, !name.hasPrefix("ASSAY_"), !name.hasPrefix("LD_"), !value.utf8.contains(0)
            else { throw refuse("the environment variable \(name) is not allowed in a recipe") }
        }
    }

    private func checkModel(_ model: String) throws {
        guard (try? ResourceName(model)) != nil else {
            throw refuse("resources.gpu.model is a word as workers label it, as in a100")
        }
    }

    private func checkLimits() throws {
        let positive = [
            ("resources.cpus", resources.cpus, 1024), ("resources.memoryMiB", resources.memoryMiB, 1 << 24),
            ("resources.pids", resources.pids, 1 << 20), ("resources.scratchMiB", resources.scratchMiB, 1 << 24),
            ("resources.gpu.count", resources.gpu?.count ?? 1, 1024),
            ("timeouts.wallSeconds", timeouts.wallSeconds, 31 * 86400),
            ("timeouts.idleSeconds", timeouts.idleSeconds, 31 * 86400),
            ("timeouts.killGraceSeconds", timeouts.killGraceSeconds, 3600),
        ]
        for (name, value, most) in positive where !(1...most).contains(value) {
            throw refuse("\(name) must lie between 1 and \(most), not \(value)")
        }
        try compare.check()
        if let model = resources.gpu?.model { try checkModel(model) }
    }
}
