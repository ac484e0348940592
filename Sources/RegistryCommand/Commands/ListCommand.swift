import ArgumentParser
import RegistryClient
import RegistryTypes

/// `assay list`: models of a namespace, or versions of a model.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List models, or the versions of one.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "A namespace, or namespace/name; everything you may see without it.") var place: String?
    @Option(help: "The most lines.") var limit = 100

    func run() async throws {
        try await CollectionListing(kind: .models, global: global, limit: limit).print(place)
    }
}
