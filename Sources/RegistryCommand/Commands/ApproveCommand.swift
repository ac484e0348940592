import ArgumentParser
import RegistryTypes

/// `assay approve`: lets a version be served and become `production`.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve a version that somebody else pushed.")

    @OptionGroup var options: DecisionOptions

    func run() async throws { try await options.record(.approve) }
}
