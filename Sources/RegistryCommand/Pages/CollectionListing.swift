import RegistryClient
import RegistryTypes

/// What `assay list` and `assay dataset list` print.
struct CollectionListing {
    let kind: CollectionKind
    let global: GlobalOptions
    let limit: Int

    /// Prints the names in a namespace (or everywhere), or the versions of `namespace/name`.
    func print(_ place: String?) async throws {
        if let place, place.contains("/") {
            let name = try QualifiedName(place)
            let versions = try await global.client().versions(kind, of: name, limit: limit)
            if global.json { return try global.console.print(json: Page(items: versions)) }
            global.console.print(Self.table(of: versions, kind: kind).text)
        } else {
            let namespace = try place.map { try ResourceName($0) }
            let names = try await global.client().collections(kind, in: namespace, limit: limit)
            if global.json { return try global.console.print(json: Page(items: names)) }
            global.console.print(Self.table(of: names).text)
        }
    }

    private static func table(of names: [CollectionRecord]) -> TextTable {
        var table = TextTable(["NAME", "LATEST", "ALIASES", "CREATED"])
        for record in names {
            let aliases = record.aliases.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            table.add([
                record.name.description, record.latest == 0 ? "-" : String(record.latest),
                aliases.isEmpty ? "-" : aliases.joined(separator: " "), Wording.time(record.createdAt),
            ])
        }
        return table
    }

    private static func verdict(of version: VersionSummary, at now: Int64) -> String {
        guard let verdict = version.verdict?.rawValue else { return "never" }
        let age = version.verdictAt.map { ", " + Wording.age(of: $0, staleAt: version.staleAt, at: now) }
        return verdict + (age ?? "")
    }

    private static func marks(of version: VersionSummary) -> [String] {
        let isOverridden = version.overrides?.contains { $0.confirmed != nil } ?? false
        return (isOverridden ? ["EMERGENCY"] : []) + (version.removedAt == nil ? [] : ["removed"]) + version.flags
    }

    private static func table(of versions: [VersionSummary], kind: CollectionKind) -> TextTable {
        let isModel = kind == .models
        let decided = isModel ? ["APPROVAL", "REPRODUCED"] : []
        var table = TextTable(["VERSION", "DIGEST", "SIZE", "CREATED", "BY"] + decided + ["ALIASES", "FLAGS"])
        for version in versions {
            let approval = version.approval?.rawValue ?? "-"
            let verdict = Self.verdict(of: version, at: Wording.now)
            table.add(
                [
                    String(version.number), Wording.short(version.digest), Wording.bytes(version.totalSize),
                    Wording.time(version.createdAt), version.createdBy.name,
                ] + (isModel ? [approval, verdict] : [])
                    + [
                        Wording.list(Wording.aliases(of: version)),
                        Wording.list(marks(of: version)),
                    ])
        }
        return table
    }
}
