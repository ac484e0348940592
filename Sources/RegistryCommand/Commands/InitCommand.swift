import ArgumentParser
import Foundation
import RegistryTypes

/// `assay init`: writes a recipe to start from.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented assay.yaml to start from.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The model, namespace/name.", transform: { try QualifiedName($0) }) var model: QualifiedName
    @Option(help: "The project's folder.") var folder = "."

    func run() throws {
        let file = URL(filePath: folder, directoryHint: .isDirectory).appending(path: AssayFile.name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        do {
            try Data(AssayFile.template(model: model).utf8).write(to: file, options: .withoutOverwriting)
        } catch let error as CocoaError where error.code == .fileWriteFileExists {
            throw RegistryError(
                .alreadyExists, "\(file.path(percentEncoded: false)) exists already; it was not touched")
        }
        guard !global.json else { return try global.console.print(json: ["file": file.path(percentEncoded: false)]) }
        global.console.print("wrote \(file.path(percentEncoded: false)); fill it in, commit it, then `assay run`")
    }
}
