package import Foundation
import RegistryTypes
import WeightFormats

extension AssayFile {
    /// Reads the `assay.yaml` of a project's folder.
    ///
    /// Throws `not-found` if there is none, `invalid-recipe` with the line of the first mistake.
    package init(folder: URL) throws {
        let file = folder.appending(path: Self.name)
        guard let handle = try? FileHandle(forReadingFrom: file) else {
            throw RegistryError(
                .notFound,
                "there is no \(file.path(percentEncoded: false)); `assay init namespace/name` writes one to start from")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: YAMLDocument.maximumSize + 1) ?? Data()
        guard let text = String(data: data, encoding: .utf8) else {
            throw RegistryError(.invalidRecipe, "\(Self.name) is not UTF-8 text")
        }
        try self.init(text: text)
    }

    /// Reads the text of an `assay.yaml`; throws `invalid-recipe` with the line of the first mistake.
    package init(text: String) throws {
        var root = try YAMLDocument(text, name: Self.name).root
        let schema = try root.required("schema")
        guard try schema.text() == Self.schema else {
            throw schema.error("is not known; this version of Assay reads \(Self.schema)")
        }
        model = try root.required("model").parsed { try QualifiedName($0) }
        seed = try root.required("seed").integer()
        let written = root.optional("parameters")
        parameters = try written.map(Self.scalars) ?? [:]
        floats = try written.map(Self.floats) ?? []
        let rootfs = try root.optional("environment").flatMap(Self.rootfs)
        environment = .init(kind: rootfs == nil ? .host : .rootfs)
        inputs = try (root.optional("inputs")?.list().map(Self.input) ?? []) + [rootfs].compactMap(\.self)
        train = try root.required("train").words()
        evaluate = try root.optional("evaluate")?.words()
        outputs = try root.required("outputs").list().map(Self.output)
        compare = try root.optional("compare").map(Self.comparison) ?? .init()
        resources = try root.optional("resources").map(Self.resources) ?? .init()
        timeouts = try root.optional("timeouts").map(Self.timeouts) ?? .init()
        env = try root.optional("env").map(Self.variables) ?? [:]
        image = try root.optional("image")?.parsed { try ContainerImage($0) }
        try root.finish()
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

    /// The dataset that holds the root file system; nil for `host`.
    private static func rootfs(_ value: YAMLValue) throws -> Input? {
        if let text = try? value.text() {
            guard text == Recipe.Environment.Kind.host.rawValue else {
                throw value.error("must be host or {rootfs: namespace/name:number}")
            }
            return nil
        }
        var map = try value.mapping()
        let dataset = try map.required("rootfs").parsed(Self.dataset)
        try map.finish()
        return Input(name: Recipe.Environment.rootInput, dataset: dataset, phase: .train)
    }

    private static func dataset(_ text: String) throws -> VersionReference {
        try VersionReference(text.hasPrefix("dataset:") ? String(text.dropFirst(8)) : text)
    }

    private static func input(_ value: YAMLValue) throws -> Input {
        var map = try value.mapping()
        let input = Input(
            name: try map.required("name").text(),
            dataset: try map.required("dataset").parsed(Self.dataset),
            phase: try map.required("phase").word(Recipe.Phase.self))
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
