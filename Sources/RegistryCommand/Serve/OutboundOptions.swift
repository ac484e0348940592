import ArgumentParser
import Foundation
import RegistryServer

/// The option of `assay serve` about where webhooks may be.
struct OutboundOptions: ParsableArguments {
    @Option(
        help: """
            A range of addresses (10.0.0.0/8), an address or a host beside the public internet that webhooks may be at, also \
            over http; may stand several times.
            """)
    var webhookAllow: [String] = []

    /// What flags say, or else the environment: `ASSAY_WEBHOOK_ALLOW`, with commas in between.
    func rules(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> OutboundRules {
        let set = environment["ASSAY_WEBHOOK_ALLOW", default: ""].split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        return try OutboundRules(allowing: webhookAllow.isEmpty ? set : webhookAllow)
    }
}
