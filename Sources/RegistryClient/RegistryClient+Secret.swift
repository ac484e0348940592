public import RegistryTypes

/// It holds the token.
extension RegistryClient: HoldsSecret {}
