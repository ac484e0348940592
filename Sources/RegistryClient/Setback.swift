import RegistryTypes

/// What one try of a request ended with, and another may mend.
struct Setback: Error {
    /// What to throw when no try is left.
    let error: RegistryError
    /// How long the server asks to wait.
    var retryAfter: Duration?
    /// Whether another request stands in the way, which ends by itself.
    var isBusy = false
}
