import Foundation
import GRDB
import RegistryTypes

extension Fsck {
    /// Every version document has its digest, and the rows of the version and its run say what it says.
    mutating func checkVersions() throws {
        let query = """
            SELECT versions.id AS key, number, artifact, versions.digest, document, run_id,
                coalesce(namespaces.name, '?') || '/' || coalesce(collections.name, '?') AS name,
                recipe, source_url, source_commit, source_subfolder, source_bundle, source_patch, image_digest, facts
            FROM versions LEFT JOIN collections ON collections.id = collection_id
            LEFT JOIN namespaces ON namespaces.id = collections.namespace_id LEFT JOIN runs ON runs.id = run_id
            """
        try forEachRow(query, key: "versions.id", after: Int64(0).databaseValue) { fsck, row in
            let object =
                "version:\(try row.checked("name", as: String.self)):\(try row.checked("number", as: Int.self))"
            let bytes: Data = try row.checked("document")
            fsck.report.versions += 1
            fsck.expect(object, bytes, try row.checkedDigest("digest"))
            guard let document = try? JSONDecoder().decode(VersionDocument.self, from: bytes) else { return }
            for part in try fsck.contradictions(document, row) {
                fsck.find(object, .contradiction, "its rows and its document differ in \(part)", Self.restoreAdvice)
            }
        }
    }

    private func contradictions(_ document: VersionDocument, _ row: Row) throws -> [String] {
        func digest(_ column: String) throws -> Digest? {
            try row.checkedOptional(column, as: Data.self).map { try Digest(bytes: Array($0)) }
        }
        let run = document.run
        let facts = try row.checkedOptional("facts", as: String.self).map {
            try JSONParser.parse(Data($0.utf8)).canonicalDigest()
        }
        let parts: [(String, Bool)] = [
            ("the number", try row.checked("number", as: Int.self) == document.number),
            ("the artifact", try row.checkedDigest("artifact") == document.artifact),
            ("the run", try row.checkedOptional("run_id", as: String.self) == run?.id.text),
            ("the recipe", try digest("recipe") == run?.recipe),
            ("the commit", try row.checkedOptional("source_commit", as: String.self) == run?.commit?.hex),
            ("the address", try row.checkedOptional("source_url", as: String.self) == run?.url),
            ("the sub-folder", try row.checkedOptional("source_subfolder", as: String.self) == run?.subfolder),
            ("the source", try digest("source_bundle") == run?.source),
            ("the patch", try digest("source_patch") == run?.patch),
            ("the image", try digest("image_digest") == run?.image),
            ("the facts", facts == run?.facts),
            ("the metrics", try run.map { try metrics(of: $0.id).canonicalDigest() == $0.metrics } ?? true),
            ("the inputs", try run.map { try inputs(of: $0.id) == $0.inputs } ?? true),
        ]
        return parts.filter { !$0.1 }.map(\.0)
    }

    private func metrics(of run: RunID) throws -> [Metric] { try database.read { try RunRows.metrics(of: run, $0) } }

    private func inputs(of run: RunID) throws -> [String: Digest] {
        let rows = try database.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT name, digest FROM run_inputs JOIN versions ON versions.id = version_id WHERE run_inputs.run_id = ?
                        """), arguments: [run.text])
        }
        return Dictionary(
            try rows.map { (try $0.checked("name"), try $0.checkedDigest("digest")) }, uniquingKeysWith: { $1 })
    }
}
