import RegistryTypes

extension Wording {
    /// The aliases of a version, with a shout behind those that only an emergency override let point to it.
    static func aliases(of version: VersionSummary) -> [String] {
        version.aliases.map { alias in
            version.overriddenAliases?.contains(alias) == true ? "\(alias) BY EMERGENCY OVERRIDE" : alias
        }
    }
}
