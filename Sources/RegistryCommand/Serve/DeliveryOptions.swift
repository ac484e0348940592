import ArgumentParser

/// The options of `assay serve` about where checkpoints of the audit log go.
struct DeliveryOptions: ParsableArguments {
    @Option(help: "A folder that checkpoints of the audit log are written to as well.", completion: .directory)
    var logFolder: String?
    @Option(help: "A git repository that they are pushed to, on the branch assay-log.") var logGit: String?
    @Option(help: "How often they are, at most: 90s, 30m, 24h or 7d.", transform: { try TimeSpan($0) })
    var logInterval: TimeSpan?

    /// What flags say, over what the environment says.
    func configuration() throws -> DeliveryConfiguration {
        var settings = try DeliveryConfiguration()
        settings.folder = logFolder ?? settings.folder
        settings.git = logGit ?? settings.git
        settings.interval = logInterval ?? settings.interval
        return settings
    }
}
