/// Asks that approved versions are verified again and again: those of all models of a namespace, or of one model.
public struct SetSchedule: Codable, Sendable {
    public var model: ResourceName?
    /// Hours, 1 to 87,600, after which a verdict is stale; nil ends the schedule.
    public var everyHours: Int?
    /// What is repeated; training if absent.
    public var kind: Verdict.Kind?

    /// Asks for a schedule.
    public init(model: ResourceName? = nil, everyHours: Int?, kind: Verdict.Kind? = nil) {
        self.model = model
        self.everyHours = everyHours
        self.kind = kind
    }
}

/// A schedule that is in force.
public struct ScheduleRecord: Codable, Sendable, Equatable {
    public var namespace: ResourceName
    /// The model that it is for; without one it is for all models of the namespace that have none of their own.
    public var model: ResourceName?
    public var everyHours: Int
    public var kind: Verdict.Kind
    public var setAt: Int64
    /// Only versions are repeated whose data this principal may know of.
    public var setBy: PrincipalRecord

    /// Describes a schedule.
    public init(
        namespace: ResourceName, model: ResourceName?, everyHours: Int, kind: Verdict.Kind, setAt: Int64,
        setBy: PrincipalRecord
    ) {
        self.namespace = namespace
        self.model = model
        self.everyHours = everyHours
        self.kind = kind
        self.setAt = setAt
        self.setBy = setBy
    }
}
