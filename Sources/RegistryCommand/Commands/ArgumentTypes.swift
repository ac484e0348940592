public import ArgumentParser
public import RegistryTypes

// argument-parser lists the values of these in its help and its errors.
extension Role: ExpressibleByArgument {}
extension IdentityProviderRecord.Kind: ExpressibleByArgument {}
extension PrincipalRecord.Kind: ExpressibleByArgument {}
extension Verdict.Kind: ExpressibleByArgument {}
extension LineageGraph.Direction: ExpressibleByArgument {}
