import GRDB
import RegistryTypes

extension LineageQuery {
    /// Towards what was made from something.
    static let down: [LineageQuery] = [
        runsOfDataset, runsMeasuredOnDataset, runsOfCommit, runsOfImage, versionOfRun, reproductionOfRun,
        aliases(of: .model), aliases(of: .dataset), reproductions(of: .model), reproductions(of: .dataset),
    ]

    private static let mayReadRun = Authorization.condition(.readMetadata, "runs.namespace_id")

    private static let runsOfDataset = LineageQuery(
        from: .dataset, asksForRights: true, to: .run,
        """
        SELECT run_inputs.version_id AS origin, \(phaseRelation), \(LineageNode.runColumns)
        FROM run_inputs JOIN runs ON runs.id = run_inputs.run_id
        WHERE run_inputs.version_id IN (ORIGINS) AND \(mayReadRun) ORDER BY runs.id DESC
        """)

    /// The index that leads from a dataset to its metrics leaves out those that were measured on none.
    private static let runsMeasuredOnDataset = LineageQuery(
        from: .dataset, asksForRights: true, to: .run,
        """
        SELECT measured.dataset_version_id AS origin, 'evaluated-on' AS relation, \(LineageNode.runColumns)
        FROM (SELECT DISTINCT run_id, dataset_version_id FROM metrics
              WHERE dataset_version_id IN (ORIGINS) AND dataset_version_id <> 0) AS measured
        JOIN runs ON runs.id = measured.run_id
        WHERE \(notDeclared) AND \(mayReadRun) ORDER BY runs.id DESC
        """)

    private static let runsOfCommit = LineageQuery(
        from: .commit, asksForRights: true, to: .run,
        """
        SELECT source_commit AS origin, 'built-from' AS relation, \(LineageNode.runColumns)
        FROM runs WHERE source_commit IN (ORIGINS) AND \(mayReadRun) ORDER BY runs.id DESC
        """)

    private static let runsOfImage = LineageQuery(
        from: .image, asksForRights: true, to: .run,
        """
        SELECT image_digest AS origin, 'runs-in' AS relation, \(LineageNode.runColumns)
        FROM runs WHERE image_digest IN (ORIGINS) AND \(mayReadRun) ORDER BY runs.id DESC
        """)

    private static let versionOfRun = LineageQuery(
        from: .run, asksForRights: true, to: .version,
        """
        SELECT versions.run_id AS origin, 'produced' AS relation, \(LineageNode.versionColumns)
        FROM versions \(LineageNode.versionJoins)
        WHERE versions.run_id IN (ORIGINS) AND \(Authorization.condition(.readMetadata, "collections.namespace_id"))
        """)

    private static let reproductionColumns = """
        reproductions.id AS reproduction_id, reproductions.kind AS reproduction_kind,
        reproductions.state AS reproduction_state, reproductions.outcome, reproductions.variation,
        namespaces.name AS namespace, collections.name, versions.number
        """

    /// A reproduction comes from the run that repeated the original.
    private static let reproductionOfRun = LineageQuery(
        from: .run, asksForRights: true, to: .reproduction,
        """
        SELECT runs.id AS origin, 'produced' AS relation, \(reproductionColumns)
        FROM runs
        JOIN reproductions ON reproductions.version_id = runs.subject_version_id AND reproductions.run_id = runs.id
        JOIN versions ON versions.id = reproductions.version_id \(LineageNode.versionJoins)
        WHERE runs.id IN (ORIGINS) AND \(Authorization.condition(.readMetadata, "collections.namespace_id"))
        """)

    /// Whoever sees a version sees its aliases and reproductions.
    private static func aliases(of kind: LineageKey.Kind) -> LineageQuery {
        LineageQuery(
            from: kind, to: .alias,
            """
            SELECT versions.id AS origin, 'points-to' AS relation, aliases.alias, versions.collection_id,
                collections.kind AS collection_kind, collections.name, namespaces.name AS namespace,
                alias_moves.override_id IS NOT NULL AS is_overridden
            FROM versions \(LineageNode.versionJoins)
            JOIN aliases ON aliases.collection_id = versions.collection_id AND aliases.version_id = versions.id
            JOIN alias_moves ON alias_moves.id = aliases.id
            WHERE versions.id IN (ORIGINS) ORDER BY aliases.alias
            """)
    }

    private static func reproductions(of kind: LineageKey.Kind) -> LineageQuery {
        LineageQuery(
            from: kind, to: .reproduction,
            """
            SELECT versions.id AS origin, 'reproduces' AS relation, \(reproductionColumns)
            FROM versions JOIN reproductions ON reproductions.version_id = versions.id \(LineageNode.versionJoins)
            WHERE versions.id IN (ORIGINS) ORDER BY reproductions.id DESC
            """)
    }
}
