import ArgumentParser
import Foundation
import RegistryClient
import RegistryTypes

/// `assay pull`: fetches a version of a model, verified.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch the files of a version, verified.")

    @OptionGroup var options: PullOptions

    func run() async throws { try await options.pull(.models) }
}
