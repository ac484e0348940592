import AuditLog
package import RegistryTypes

extension ModelRegistry {
    /// Queues one reproduction that changes nothing and one for each thing that is changed on purpose.
    ///
    /// Throws `not-verifiable` for a version that cannot be repeated.
    package func requestVariations(
        _ request: RequestVariations, of reference: VersionReference, in place: CollectionKind = .model,
        as caller: Caller
    ) async throws -> RequestedVariations {
        try await prepareSigningKey()
        let subjects = request.vary ?? Variation.Subject.allCases
        var entry = AuditEntry(
            "reproduction.request", namespace: reference.name.namespace.text, object: "\(place.rawValue):\(reference)")
        entry.after = [
            "kind": .string(request.kind.rawValue), "vary": .array(subjects.map { .string($0.rawValue) }),
        ]
        let limits = jobLimits
        let requested = try await writeOnce(caller, refusedAs: entry) { [entry] db, now in
            var wish = ReproductionWish(
                id: RunID(at: now), kind: request.kind, reference: reference, place: place, later: nil)
            let subject = try wish.subject(caller, db)
            if let obstacle = subject.run.obstacle(to: request.kind) {
                throw RegistryError(.notVerifiable, obstacle.explanation ?? "the version cannot be repeated")
            }
            guard let recipe = subject.run.recipe else {
                throw RegistryError(.internalError, "a run without a recipe has no obstacle")
            }
            let plan = VariationPlan(recipe: recipe, host: subject.run.facts.host ?? [:])
            let (variations, skipped) = plan.variations(of: subjects)
            try limits.requireRoom(for: variations.count + 1, in: subject.collection.namespace, db)
            var items: [ReproductionRecord] = []
            for (index, variation) in ([nil] + variations).enumerated() {
                // Ids sort by their time: jobs are carried out in this order.
                wish.id = RunID(at: now + Int64(index))
                wish.variation = variation
                items.append(try queue(wish, subject, for: caller.principal, at: now, db).0)
            }
            var written = entry.naming(subject.version, of: subject.collection, place)
            written.after = .object(
                (entry.after?.object ?? [:]).merging([
                    "reproductions": .array(items.map { .string($0.id.text) })
                ]) { $1 })
            return Written(RequestedVariations(items: items, skipped: skipped), written)
        }
        jobs.announce()
        return requested
    }
}
