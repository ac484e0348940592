import GRDB
import RegistryTypes

extension LineageQuery {
    /// Towards what something was made from.
    static let up: [LineageQuery] = [
        run(of: .model), run(of: .dataset), inputsOfRun, measuredDatasetsOfRun, commitOfRun, imageOfRun,
    ]

    private static func run(of kind: LineageKey.Kind) -> LineageQuery {
        LineageQuery(
            from: kind, asksForRights: true, to: .run,
            """
            SELECT versions.id AS origin, 'produced' AS relation, \(LineageNode.runColumns)
            FROM versions JOIN runs ON runs.id = versions.run_id
            WHERE versions.id IN (ORIGINS) AND \(Authorization.condition(.readMetadata, "runs.namespace_id"))
            """)
    }

    private static let inputsOfRun = LineageQuery(
        from: .run, asksForRights: true, to: .version,
        """
        SELECT run_inputs.run_id AS origin, \(phaseRelation), \(LineageNode.versionColumns)
        FROM run_inputs JOIN runs ON runs.id = run_inputs.run_id
            JOIN versions ON versions.id = run_inputs.version_id \(LineageNode.versionJoins)
        WHERE run_inputs.run_id IN (ORIGINS)
            AND \(Authorization.condition(.readMetadata, "collections.namespace_id"))
        ORDER BY run_inputs.run_id, run_inputs.name
        """)

    /// Datasets that a metric speaks of, though the run did not declare them as input.
    private static let measuredDatasetsOfRun = LineageQuery(
        from: .run, asksForRights: true, to: .version,
        """
        SELECT measured.run_id AS origin, 'evaluated-on' AS relation, \(LineageNode.versionColumns)
        FROM (SELECT DISTINCT run_id, dataset_version_id FROM metrics
              WHERE run_id IN (ORIGINS) AND dataset_version_id <> 0) AS measured
        JOIN versions ON versions.id = measured.dataset_version_id \(LineageNode.versionJoins)
        WHERE \(notDeclared) AND \(Authorization.condition(.readMetadata, "collections.namespace_id"))
        """)

    private static let commitOfRun = LineageQuery(
        from: .run, to: .commit,
        """
        SELECT id AS origin, 'built-from' AS relation, source_commit, source_url
        FROM runs WHERE id IN (ORIGINS) AND source_commit IS NOT NULL
        """)

    private static let imageOfRun = LineageQuery(
        from: .run, to: .image,
        """
        SELECT id AS origin, 'runs-in' AS relation, image_tag, image_digest
        FROM runs WHERE id IN (ORIGINS) AND image_digest IS NOT NULL
        """)

    /// How a declared input was used.
    static let phaseRelation = """
        CASE WHEN phase = 'train' AND runs.kind <> 'evaluate' THEN 'trained-on' ELSE 'evaluated-on' END AS relation
        """

    /// That what was measured on is not an input already.
    static let notDeclared = """
        NOT EXISTS (SELECT 1 FROM run_inputs
                    WHERE run_inputs.run_id = measured.run_id AND run_inputs.version_id = measured.dataset_version_id)
        """
}
