import Foundation
import RegistryTypes
import Testing

/// A server verifies approved versions by itself, and says how old its verdicts are.
@Suite(.enabled(if: Project.canRun)) struct ScheduleTests {
    @Test func anApprovedVersionIsVerifiedByItself() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            try await world.pushDataAndRun(project)
            let before = try await world.assay("show", "tide/levels:1")
            #expect(before.output.contains("reproduced  never"), "\(before.output)")
            let approved = try await world.assay("approve", "tide/levels:1", as: .noor)
            try #require(approved.code == 0, "\(approved.error)")
            #expect(try await world.assay("schedule", "set", "tide", "--every", "1s", as: .admin).code == 1)
            #expect(try await world.assay("schedule", "set", "tide", "--every", "30d", as: .noor).code == 7)
            let set = try await world.assay("schedule", "set", "tide", "--every", "30d", as: .admin)
            #expect(set.code == 0 && set.output.contains("30d"), "\(set.error)")
            let verdict = try await world.shell(
                """
                for n in $(seq 300); do
                    $ASSAY list tide/levels | grep -q 'bit-identical, just now' && exit 0
                    sleep 0.1
                done
                exit 1
                """)
            #expect(verdict.code == 0)
            let shown = try await world.assay("show", "tide/levels:1")
            #expect(shown.output.contains("just now (") && shown.output.contains("stale from"), "\(shown.output)")
            #expect(shown.output.contains("by server (service)"), "\(shown.output)")
            let model = try await world.assay("schedule", "set", "tide/levels", "--every", "12h", as: .admin)
            #expect(model.code == 0, "\(model.error)")
            let listed = try await world.assay("schedule", "list", as: .otto)
            #expect(listed.output.contains("tide/levels") && listed.output.contains("12h"), "\(listed.output)")
            let once = try await world.http("GET", "models/tide/levels/versions/1/reproductions").json["items"]?.array
            #expect(once?.count == 1)
            for place in ["tide", "tide/levels"] {
                #expect(try await world.assay("schedule", "remove", place, as: .admin).code == 0)
            }
            let none = try await world.assay("schedule", "list", "tide", as: .otto)
            #expect(none.output.contains("no schedule"))
        }
    }
}
