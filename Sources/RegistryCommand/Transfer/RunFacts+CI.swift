import RegistryTypes

extension RunFacts {
    /// Adds what the CI system says about the build.
    mutating func add(_ ci: CIEnvironment?) {
        builder = ci?.builder.rawValue
        buildURL = ci?.buildURL
        buildID = ci?.buildID
    }
}
