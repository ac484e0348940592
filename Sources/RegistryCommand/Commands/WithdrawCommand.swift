import ArgumentParser
import RegistryTypes

/// `assay withdraw`: takes an approval back.
struct WithdrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Take the approval of a version back, at once and everywhere.")

    @OptionGroup var options: DecisionOptions

    func run() async throws { try await options.record(.withdraw) }
}
