/// A value that holds a secret: however it is printed, logged or dumped, it shows its type alone.
public protocol HoldsSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension HoldsSecret {
    public var description: String { "\(Self.self)(…)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension APIToken: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

extension NewToken: HoldsSecret {}
extension ExchangedToken: HoldsSecret {}
extension LocalReproduction: HoldsSecret {}
extension ClaimedJob: HoldsSecret {}
