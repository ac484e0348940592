public import RegistryTypes

extension RegistryClient {
    /// The schedules of a namespace that are in force.
    public func schedules(in namespace: ResourceName) async throws -> [ScheduleRecord] {
        try await send(APIRequest(.get, ["namespaces", namespace.text, "schedules"]), as: Page<ScheduleRecord>.self)
            .items
    }

    /// Sets or ends the schedule of a namespace's models or of one model; returns those in force.
    public func setSchedule(_ schedule: SetSchedule, in namespace: ResourceName) async throws -> [ScheduleRecord] {
        let request = APIRequest(.put, ["namespaces", namespace.text, "schedules"])
        return try await send(request.sending(schedule), as: Page<ScheduleRecord>.self).items
    }
}
