import RegistryTypes

/// What is said after a push.
enum PushReport {
    /// Prints the version on standard output and its warnings on standard error, also with --quiet.
    static func print(_ created: CreatedVersion, on console: Console) throws {
        let version = created.version
        for warning in created.warnings { console.warn(warning) }
        if version.flags.contains("nonfinite"), created.warnings.isEmpty {
            console.warn("it holds NaN or infinite values and can never be approved; push a fixed version")
        }
        if console.isJSON { return try console.print(json: created) }
        let same = version.sameArtifactAs.map { "  same artifact as :\($0)" } ?? ""
        console.print("pushed \(version.name):\(version.number)  \(version.digest)\(same)")
    }

    /// Prints the version that stands for a step which has not changed.
    static func print(unchanged version: VersionSummary, step: String, on console: Console) throws {
        if version.flags.contains("nonfinite") {
            console.warn("\(version.name):\(version.number) holds NaN or infinite values and can never be approved")
        }
        if console.isJSON { return try console.print(json: CreatedVersion(version: version, warnings: [])) }
        let run = version.run.map { "  run:\($0)" } ?? ""
        console.print("unchanged \(step): \(version.name):\(version.number)\(run)")
    }
}
