import Foundation
import RegistryTypes
import Subprocess
import Testing

/// Removing, holding and collecting with the built binary; kills at the steps of a collection.
@Suite(.serialized) struct CollectionTests {
    /// Collects without grace: what nothing needs goes with the second collection.
    private static let graceless = ["ASSAY_GC_GRACE": "0", "ASSAY_GC_INTERVAL": "0"]

    private func isStored(_ text: String, _ world: World) -> Bool {
        FileManager.default.fileExists(atPath: world.stored(Data(text.utf8)))
    }

    @Test(arguments: FailurePoint.ofCollection)
    func i14ACollectionThatDiesLosesNothingAndIsFinishedByTheNext(at point: FailurePoint) async throws {
        let scratch = try Scratch()
        try await World.run(scratch, environment: Self.graceless) { world in
            let made = try await world.shell(
                """
                printf kept > kept; printf one > one; printf two > two; printf orphan > orphan
                for f in kept one two; do $ASSAY push tide/levels --no-source $f || exit 1; done
                """)
            #expect(made.code == 0, "\(made.error)")
            for number in 2...3 {
                let removed = try await world.assay("delete", "tide/levels:\(number)", as: .admin)
                #expect(removed.code == 0, "\(removed.error)")
            }
            let orphan = world.stored(Data("orphan".utf8))
            try FileManager.default.copyItem(atPath: scratch.path + "/orphan", toPath: orphan)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: orphan)
            if point != .blobsCondemned {
                let condemned = try await world.assay("gc", "--force", as: .admin)
                #expect(condemned.code == 0, "\(condemned.error)")
                // Back at its place, for the collection that dies.
                try FileManager.default.copyItem(atPath: scratch.path + "/orphan", toPath: orphan)
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: orphan)
            }
        }
        let deadly = Self.graceless.merging(["ASSAY_FAILURE_POINT": point.rawValue]) { $1 }
        let data = scratch.path + "/server"
        let status = try await Server.run(data: data, environment: deadly) { server in
            let cut = try await server.assay("gc", "--force")
            #expect(cut.code == 8, "\(cut)")
        }
        #expect(status == .signaled(SIGKILL))
        try await World.run(scratch, environment: Self.graceless) { world in
            let kept = try await world.shell("$ASSAY pull tide/levels:1 --into got && cmp kept got/kept")
            #expect(kept.code == 0, "\(kept.error)")
            // A row without a file would be served as damaged bytes.
            for text in ["one", "two"] {
                let answer = try await world.http("HEAD", "namespaces/tide/blobs/\(Digest.of(Data(text.utf8)))")
                #expect([200, 404].contains(answer.status), "\(text): \(answer.status)")
            }
            for _ in 1...3 {
                let gc = try await world.assay("gc", "--force", as: .admin)
                #expect(gc.code == 0, "\(gc.error)")
            }
            for text in ["one", "two", "orphan"] { #expect(!isStored(text, world), "\(text)") }
            #expect(isStored("kept", world))
            let again = try await world.shell("$ASSAY push tide/levels --no-source one")
            #expect(again.output.hasPrefix("pushed tide/levels:4  "), "\(again)")
        }
    }

    @Test func versionsAreRemovedHeldAndRetained() async throws {
        let scratch = try Scratch()
        try await World.run(scratch, environment: Self.graceless) { world in
            let pushed = try await world.shell(
                """
                for i in 1 2 3 4; do printf $i > w; $ASSAY push tide/levels --no-source w || exit 1; done
                $ASSAY delete tide/levels:1; echo "denied $?"
                """)
            #expect(pushed.output.contains("denied 7"), "\(pushed)")
            let held = try await world.shell(
                """
                set -e
                $ASSAY hold place tide/levels:1 --reason "case 12" > said; hold=$(awk '{print $3}' said)
                $ASSAY delete tide/levels:1 || echo "held $?"
                $ASSAY hold lift $hold; $ASSAY hold lift $hold || echo "alone $?"
                $ASSAY hold list tide
                """, as: .admin)
            #expect(held.output.contains("held 4") && held.output.contains("alone 4"), "\(held)")
            #expect(held.output.contains("admin asks for its end"), "\(held)")
            #expect(held.error.contains("cannot be removed by anybody"), "\(held.error)")
            let rules = try await world.shell(
                """
                set -e
                $ASSAY retention test tide --keep-last 2; $ASSAY retention show tide
                $ASSAY retention set tide --keep-last 2
                $ASSAY gc --dry-run --json > dry; $ASSAY gc --json > real
                sed 's/"dryRun":true/"dryRun":false/' dry | cmp - real && echo same
                $ASSAY delete tide/levels:3 || echo "ruled $?"
                $ASSAY list tide/levels; $ASSAY show tide/levels:2; $ASSAY lineage tide/levels:2
                $ASSAY pull tide/levels:2 || echo "gone $?"
                """, as: .admin)
            for words in ["removed  expired", "has no rule", "same", "ruled 4", "gone 6", "removed, pending"] {
                #expect(rules.output.contains(words), "\(words): \(rules)")
            }
            let gone = try await world.http("GET", "models/tide/levels/versions/2/files/w")
            #expect(gone.status == 410 && gone.code == "version-removed")
            let figures = try await world.shell("curl -sS $ASSAY_URL/metrics")
            for line in ["assay_removed_versions 1", "assay_holds 1", "assay_collections_total 1"] {
                #expect(figures.output.contains(line + "\n"), "\(line)")
            }
        }
    }
}
