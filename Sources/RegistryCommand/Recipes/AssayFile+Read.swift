import RegistryClient
import RegistryTypes
import WeightFormats

extension AssayFile {
    /// What the steps of a file may have in common.
    struct Common {
        var seed: Int64?
        var parameters: [String: JSONValue] = [:]
        var floats: Set<String> = []
        var environment = Recipe.Environment(kind: .host)
        /// The dataset of the root file system, if that is the environment.
        var root: Input?
        /// The lock file of Python packages, and the dataset that holds their wheels.
        var python: (packages: Recipe.Python, wheels: Input)?
        var resources = Recipe.Resources()
        var timeouts = Recipe.Timeouts()
        var env: [String: String] = [:]

        /// Nothing but the defaults.
        init() {}

        /// Takes what a map says; the rest stays as in `outer`, parameters and variables one by one.
        init(_ map: inout YAMLMapping, over outer: Common) throws {
            self = outer
            seed = try map.optional("seed")?.integer() ?? seed
            if let written = map.optional("parameters") {
                let given = try AssayFile.scalars(written)
                parameters.merge(given) { $1 }
                floats = try floats.subtracting(given.keys).union(AssayFile.floats(written))
            }
            if let written = map.optional("environment") { (environment, root) = try AssayFile.environment(written) }
            python = try map.optional("python").map(AssayFile.python) ?? python
            resources = try map.optional("resources").map(AssayFile.resources) ?? resources
            timeouts = try map.optional("timeouts").map(AssayFile.timeouts) ?? timeouts
            if let written = map.optional("env") { env.merge(try AssayFile.variables(written)) { $1 } }
        }
    }

    /// Takes a step out of the map that describes it.
    init(_ map: inout YAMLMapping, over outer: Common) throws {
        let model = map.optional("model")
        if model == nil, let dataset = map.optional("dataset") {
            (kind, product) = (.datasets, try dataset.parsed { try QualifiedName($0) })
            train = try map.required("run").words()
        } else {
            (kind, product) = (.models, try (model ?? map.required("model")).parsed { try QualifiedName($0) })
            train = try map.required("train").words()
            evaluate = try map.optional("evaluate")?.words()
        }
        let common = try Common(&map, over: outer)
        seed = try common.seed ?? map.required("seed").integer()
        parameters = common.parameters
        floats = common.floats
        python = common.python?.packages
        environment = common.environment
        resources = common.resources
        timeouts = common.timeouts
        env = common.env
        inputs = try (map.optional("inputs")?.list().map(Self.input) ?? [])
        inputs += [common.root, common.python?.wheels].compactMap(\.self)
        let written = try map.required("outputs")
        outputs = try written.list().map(Self.output)
        compare = try map.optional("compare").map(Self.comparison) ?? .init()
        image = try map.optional("image")?.parsed { try ContainerImage($0) }
        let role: Recipe.Role = kind == .models ? .weights : .data
        guard outputs.contains(where: { $0.role == role }) else {
            throw written.error("must name at least one file of role \(role.rawValue), for this makes \(product)")
        }
    }

    private static func scalars(_ value: YAMLValue) throws -> [String: JSONValue] {
        var map = try value.mapping()
        return Dictionary(try map.all().map { ($0.key, try $0.value.scalar()) }, uniquingKeysWith: { $1 })
    }

    /// The parameters that are written as floating-point numbers.
    private static func floats(_ value: YAMLValue) throws -> Set<String> {
        var map = try value.mapping()
        return Set(map.all().filter(\.value.isFloat).map(\.key))
    }

    private static func variables(_ value: YAMLValue) throws -> [String: String] {
        var map = try value.mapping()
        return Dictionary(try map.all().map { ($0.key, try $0.value.text()) }, uniquingKeysWith: { $1 })
    }

    /// What the commands run on, and the dataset that holds it if it is a root file system.
    private static func environment(_ value: YAMLValue) throws -> (Recipe.Environment, Input?) {
        if let text = try? value.text() {
            guard text == Recipe.Environment.Kind.host.rawValue else {
                throw value.error(
                    "must be host, {image: registry.example/name@sha256:…} or {rootfs: namespace/name:number}")
            }
            return (.init(kind: .host), nil)
        }
        var map = try value.mapping()
        if let image = map.optional("image") {
            try map.finish()
            return (.init(image: try image.parsed { try ImageReference($0) }), nil)
        }
        let dataset = try map.required("rootfs").parsed(Self.dataset)
        try map.finish()
        let root = Input(name: Recipe.Environment.rootInput, origin: .dataset(dataset), phase: .train)
        return (.init(kind: .rootfs), root)
    }

    /// Python packages: the lock file, and the dataset of the wheels that it names.
    private static func python(_ value: YAMLValue) throws -> (Recipe.Python, Input) {
        var map = try value.mapping()
        let packages = Recipe.Python(
            requirements: try map.required("requirements").parsed { try ArtifactPath($0) })
        let wheels = Input(
            name: Recipe.Python.wheelsInput, origin: .dataset(try map.required("wheels").parsed(Self.dataset)),
            phase: .train)
        try map.finish()
        return (packages, wheels)
    }

    private static func dataset(_ text: String) throws -> VersionReference {
        try VersionReference(text.hasPrefix("dataset:") ? String(text.dropFirst(8)) : text)
    }

    private static func input(_ value: YAMLValue) throws -> Input {
        var map = try value.mapping()
        let input = Input(
            name: try map.required("name").text(),
            origin: try map.optional("step").map { .step(try $0.text()) }
                ?? .dataset(map.required("dataset").parsed(Self.dataset)),
            phase: try map.optional("phase")?.word(Recipe.Phase.self) ?? .train)
        try map.finish()
        return input
    }

    private static func output(_ value: YAMLValue) throws -> Recipe.Output {
        var map = try value.mapping()
        let output = Recipe.Output(
            path: try map.required("path").parsed { try ArtifactPath($0) },
            role: try map.required("role").word(Recipe.Role.self),
            format: try map.optional("format").map(Self.format),
            phase: try map.optional("phase")?.word(Recipe.Phase.self) ?? .train,
            input: try map.optional("input")?.text())
        try map.finish()
        return output
    }

    /// A weight format, checked before anybody trains for hours.
    private static func format(_ value: YAMLValue) throws -> String {
        let name = try value.text()
        guard KnownWeightFormats.named(name) != nil else {
            let known = KnownWeightFormats.all.map(\.name).joined(separator: ", ")
            throw value.error(
                "is \"\(name.prefix(40))\", which is no weight format that Assay reads; use one of \(known)")
        }
        return name
    }

    private static func comparison(_ value: YAMLValue) throws -> Recipe.Comparison {
        var map = try value.mapping()
        let comparison = Recipe.Comparison(
            metrics: try map.optional("metrics").map(tolerances) ?? [:],
            tensors: try map.optional("tensors").map(tolerances) ?? [:])
        try map.finish()
        return comparison
    }

    private static func tolerances(_ value: YAMLValue) throws -> [String: Tolerance] {
        var map = try value.mapping()
        return Dictionary(try map.all().map { ($0.key, try tolerance($0.value)) }, uniquingKeysWith: { $1 })
    }

    private static func tolerance(_ value: YAMLValue) throws -> Tolerance {
        var map = try value.mapping()
        let tolerance = Tolerance(
            absolute: try map.optional("absolute")?.number(), relative: try map.optional("relative")?.number())
        try map.finish()
        guard tolerance.absolute != nil || tolerance.relative != nil else {
            throw value.error("needs absolute, relative or both")
        }
        return tolerance
    }

    private static func resources(_ value: YAMLValue) throws -> Recipe.Resources {
        var map = try value.mapping()
        let defaults = Recipe.Resources()
        let resources = Recipe.Resources(
            cpus: try count(map.optional("cpus")) ?? defaults.cpus,
            memoryMiB: try count(map.optional("memoryMiB")) ?? defaults.memoryMiB,
            pids: try count(map.optional("pids")) ?? defaults.pids,
            scratchMiB: try count(map.optional("scratchMiB")) ?? defaults.scratchMiB,
            gpu: try map.optional("gpu").map(gpu))
        try map.finish()
        return resources
    }

    private static func gpu(_ value: YAMLValue) throws -> Recipe.GPU {
        var map = try value.mapping()
        let gpu = Recipe.GPU(count: try count(map.optional("count")) ?? 1, model: try map.optional("model")?.text())
        try map.finish()
        return gpu
    }

    private static func timeouts(_ value: YAMLValue) throws -> Recipe.Timeouts {
        var map = try value.mapping()
        let defaults = Recipe.Timeouts()
        let timeouts = Recipe.Timeouts(
            wallSeconds: try count(map.optional("wallSeconds")) ?? defaults.wallSeconds,
            idleSeconds: try count(map.optional("idleSeconds")) ?? defaults.idleSeconds,
            killGraceSeconds: try count(map.optional("killGraceSeconds")) ?? defaults.killGraceSeconds)
        try map.finish()
        return timeouts
    }

    private static func count(_ value: YAMLValue?) throws -> Int? {
        try value.map { Int(try $0.integer()) }
    }
}
