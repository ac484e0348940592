import AuditLog
package import RegistryTypes

extension ModelRegistry {
    /// Sets the schedule of all models of a namespace, or of one model; one without an interval ends it.
    package func setSchedule(
        _ request: SetSchedule, in namespace: ResourceName, as caller: Caller
    ) async throws -> [ScheduleRecord] {
        guard (1...87_600).contains(request.everyHours ?? 1) else {
            throw RegistryError(.invalidRequest, "everyHours is a number of hours from 1 to 87600, which are ten years")
        }
        let name = request.model.map { QualifiedName(namespace: namespace, name: $0) }
        let object = name.map { "model:\($0)" } ?? "namespace:\(namespace)"
        let refusal = AuditEntry("schedule.set", namespace: namespace.text, object: object)
        let records = try await writeOnce(caller, refusedAs: refusal) { db, now in
            let id = try Namespaces.require(namespace, for: .administer, caller, db)
            let collection = try name.map { try CollectionRows.require(.model, $0, db).id }
            let before = try ScheduleRows.inForce(in: id, db).first { $0.model == request.model }
            try ScheduleRows.insert(
                request, namespace: id, collection: collection, by: caller.principal, at: now, db)
            let records = try ScheduleRows.inForce(in: id, db)
            var entry = refusal
            entry.before = before?.entryValue ?? .null
            entry.after = records.first { $0.model == request.model }?.entryValue ?? .null
            return Written(records, entry)
        }
        schedules.announce()
        return records
    }

    /// The schedules of a namespace that are in force.
    package func schedules(in namespace: ResourceName, as caller: Caller) async throws -> [ScheduleRecord] {
        let refusal = AuditEntry("schedule.show", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await read(caller, refusedAs: refusal) { db in
            try ScheduleRows.inForce(in: Namespaces.require(namespace, for: .readMetadata, caller, db), db)
        }
    }
}

extension ScheduleRecord {
    /// As the audit log has it.
    fileprivate var entryValue: JSONValue {
        ["everyHours": .integer(everyHours), "kind": .string(kind.rawValue)]
    }
}
