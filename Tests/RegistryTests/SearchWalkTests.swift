import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// Whatever a search walks over, it finds what looking at each version would find, in the same order.
@Suite struct SearchWalkTests {
    /// A condition of a search and what it means, in SQL over `versions`, `collections` and `namespaces`.
    private static let meanings: [String: String] = [
        "alias:staging": """
        (SELECT version_id FROM alias_moves WHERE collection_id = versions.collection_id AND alias = 'staging'
         ORDER BY id DESC LIMIT 1) = versions.id
        """,
        "approval:approved": """
        (SELECT decision FROM decisions WHERE version_id = versions.id ORDER BY id DESC LIMIT 1) = 'approve'
        """,
        "approval:pending": "NOT EXISTS (SELECT 1 FROM decisions WHERE version_id = versions.id)",
        "flag:nonfinite": "versions.flags LIKE '%nonfinite%'",
        "commit:0000007": "(SELECT source_commit FROM runs WHERE id = run_id) LIKE '0000007%'",
        "model-1": "namespaces.name || '/' || collections.name LIKE '%model-1%'",
        "l-": "namespaces.name || '/' || collections.name LIKE '%l-%'",
        "metric:loss>0.5": measured("value > 0.5"), "metric:loss<0.01": measured("value < 0.01"),
        "metric:loss>=0": measured("value >= 0"),
    ]

    private static func measured(_ condition: String) -> String {
        """
        EXISTS (SELECT 1 FROM metrics WHERE run_id = versions.run_id AND name = 'loss' AND \(condition)
                AND step = (SELECT max(step) FROM metrics AS newer WHERE newer.run_id = metrics.run_id AND newer.name = 'loss'))
        """
    }

    /// Some thousand versions of 20 models in two namespaces, with losses, commits, flags, decisions and moved aliases.
    private static func world(versions: Int = 3000) async throws -> (test: TestRegistry, stranger: Caller) {
        let test = try await TestRegistry()
        let stranger = try await test.namespace("small", pusher: "bo").pusher
        _ = try await test.push("demo/seed", [test.file("w.bin", Data("weights".utf8))])
        let bundle = try await test.source("seed").bundle
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(versions))"
        let statements = [
            """
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19)
            INSERT INTO collections (kind, namespace_id, name, created_at)
            SELECT 'model', (SELECT id FROM namespaces WHERE name = iif(i % 10 = 3, 'small', 'demo')), 'model-' || i, 0 FROM n
            """,
            """
            INSERT INTO collection_names (rowid, name) SELECT collections.id, namespaces.name || '/' || collections.name
            FROM collections JOIN namespaces ON namespaces.id = namespace_id WHERE collections.name LIKE 'model-%'
            """,
            """
            \(numbers) INSERT INTO runs (id, namespace_id, kind, state, facts, source_commit, source_bundle, created_at, created_by)
            SELECT printf('%026d', i), 1, 'import', 'finished', '{}', printf('%040d', i % 11) , :bundle, 0, created_by
            FROM n, (SELECT created_by FROM versions)
            """,
            """
            \(numbers) INSERT INTO metrics (run_id, name, step, class, value)
            SELECT printf('%026d', i), 'loss', step, 'finite', (i * 7919 % 1000) / 1000.0 * step FROM n, (SELECT 1 AS step UNION SELECT 2)
            """,
            """
            \(numbers) INSERT INTO versions (collection_id, number, artifact, digest, document, run_id, flags, created_at, created_by)
            SELECT (SELECT id FROM collections WHERE name = 'model-' || (i % 20)), i, artifact, CAST(printf('%032d', i) AS BLOB),
                document, printf('%026d', i), iif(i % 97 = 0, '["nonfinite"]', '[]'), 0, created_by
            FROM n, (SELECT artifact, document, created_by FROM versions)
            """,
            """
            INSERT INTO decisions (version_id, digest, decision, decided_at, decided_by)
            SELECT id, digest, iif(id % 9 = 0, 'reject', 'approve'), 0, created_by FROM versions WHERE id % 3 = 0
            """,
            """
            INSERT INTO alias_moves (collection_id, alias, version_id, moved_at, moved_by)
            SELECT collection_id, 'staging', id, 0, created_by FROM versions WHERE id % 50 < 21 ORDER BY id
            """,
        ]
        for sql in statements {
            try await test.execute(sql, sql.contains(":bundle") ? ["bundle": Data(bundle.bytes)] : [:])
        }
        return (test, stranger)
    }

    @Test func aSearchFindsWhatLookingAtEachVersionFinds() async throws {
        let (test, stranger) = try await Self.world()
        let terms = Self.meanings.keys.sorted()
        let pairs = terms.enumerated().map { [$1, terms[($0 + 4) % terms.count]] }
        let queries = terms.map { [$0] } + pairs + [["model-1", "approval:approved", "metric:loss>0.5"]]
        let database = try DatabaseQueue(path: test.folder + "/meta.db")
        for (caller, readable) in [
            (test.admin, "true"), (test.pusher, "namespaces.name = 'demo'"), (stranger, "namespaces.name = 'small'"),
        ] {
            for query in queries {
                let expected = try await database.read { db in
                    try String.fetchAll(
                        db,
                        sql: """
                            SELECT collections.name || ':' || number FROM versions
                            JOIN collections ON collections.id = collection_id JOIN namespaces ON namespaces.id = namespace_id
                            WHERE \(readable) AND \(query.map { "(\(Self.meanings[$0] ?? "false"))" }.joined(separator: " AND "))
                            ORDER BY versions.id DESC
                            """)
                }
                let search = try SearchQuery(query.joined(separator: " "))
                for limit in [100, 1000] {
                    let found = try await everyPage(limit) { try await test.registry.search(search, $0, as: caller) }
                    #expect(found.map { "\($0.name.name):\($0.number)" } == expected, "\(query) by \(limit)")
                }
            }
        }
        let found = try await test.registry.search(SearchQuery("alias:staging"), PageRequest(), as: stranger)
        #expect(!found.items.isEmpty, "the world has what the smaller namespace is asked for")
    }
}
