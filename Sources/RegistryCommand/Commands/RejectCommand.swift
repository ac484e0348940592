import ArgumentParser
import RegistryTypes

/// `assay reject`: says that a version shall not be used.
struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Reject a version; its bytes are no longer served for deployment.")

    @OptionGroup var options: DecisionOptions

    func run() async throws { try await options.record(.reject) }
}
