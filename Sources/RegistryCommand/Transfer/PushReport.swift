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
}
