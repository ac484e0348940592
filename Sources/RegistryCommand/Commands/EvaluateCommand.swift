import ArgumentParser
import RegistryTypes

/// `assay evaluate`: has the server measure a version again and compares the metrics.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure a version's weights again in a sandbox and compare the metrics.",
        discussion: """
            Exits with 0 if the verdict is at least the minimum, 2 if the version cannot be verified, 3 if the run \
            failed, 4 if the verdict is below the minimum. Ctrl-C asks the server to stop.
            """)

    @OptionGroup var options: ReproductionOptions

    func run() async throws { try await options.run(.evaluate) }
}
