extension Recipe {
    /// Whether an input is what the code runs on, and no data: its root file system, or the wheels of its packages.
    public static func isEnvironment(_ input: String, of environment: Environment, with python: Python?) -> Bool {
        switch input {
        case Environment.rootInput: environment.kind == .rootfs
        case Python.wheelsInput: python != nil
        default: false
        }
    }

    /// The same for an input of this recipe.
    public func isEnvironment(_ input: String) -> Bool {
        Self.isEnvironment(input, of: environment, with: python)
    }

    /// The reason of a verdict when the bytes of an input are gone.
    public func reason(lacking input: String) -> VerdictReason {
        isEnvironment(input) ? .environmentMissing : .inputMissing
    }
}
