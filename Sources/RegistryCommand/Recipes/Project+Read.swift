package import Foundation
import RegistryTypes

extension Project {
    /// Reads the `assay.yaml` of a project's folder.
    ///
    /// Throws `not-found` if there is none, `invalid-recipe` with the line of the first mistake.
    package init(folder: URL) throws {
        let file = folder.appending(path: AssayFile.name)
        guard let handle = try? FileHandle(forReadingFrom: file) else {
            throw RegistryError(
                .notFound,
                "there is no \(file.path(percentEncoded: false)); `assay init namespace/name` writes one to start from")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: YAMLDocument.maximumSize + 1) ?? Data()
        guard let text = String(data: data, encoding: .utf8) else {
            throw RegistryError(.invalidRecipe, "\(AssayFile.name) is not UTF-8 text")
        }
        try self.init(text: text)
    }

    /// Reads the text of an `assay.yaml`; throws `invalid-recipe` with the line of the first mistake.
    package init(text: String) throws {
        var root = try YAMLDocument(text, name: AssayFile.name).root
        let schema = try root.required("schema")
        guard try schema.text() == AssayFile.schema else {
            throw schema.error("is not known; this version of Assay reads \(AssayFile.schema)")
        }
        let steps: [Step]
        if let list = root.optional("steps") {
            let common = try AssayFile.Common(&root, over: .init())
            try root.finish()
            steps = try list.list().map { try Self.step($0, over: common) }
            guard !steps.isEmpty else { throw list.error("must name at least one step") }
        } else {
            steps = [Step(name: "", folder: "", file: try AssayFile(&root, over: .init()))]
            try root.finish()
        }
        try self.init(steps)
    }

    private static func step(_ value: YAMLValue, over common: AssayFile.Common) throws -> Step {
        var map = try value.mapping()
        let step = Step(
            name: try map.required("name").parsed { try ResourceName($0).text },
            folder: try map.optional("folder")?.parsed { try ArtifactPath($0).text } ?? "",
            file: try AssayFile(&map, over: common))
        try map.finish()
        return step
    }
}
