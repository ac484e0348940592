import ArgumentParser
import RegistryTypes

/// `assay reproduce`: has the server train a version again and compares.
struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce", abstract: "Train a version again in a sandbox and compare.",
        discussion: """
            Exits with 0 if the verdict is at least the minimum, 2 if the version cannot be verified, 3 if the run \
            failed, 4 if the verdict is below the minimum. Ctrl-C asks the server to stop.
            """)

    @OptionGroup var options: ReproductionOptions

    func run() async throws { try await options.run(.retrain) }
}
