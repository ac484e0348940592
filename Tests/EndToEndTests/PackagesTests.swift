import Foundation
import RegistryTypes
import Testing

/// A project whose Python packages are pinned by a lock file and come as a dataset of wheels.
@Suite(.enabled(if: Project.canRun)) struct PackagesTests {
    /// Writes a wheel of one module that says by how much to multiply.
    private static let wheel = """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1] + "/wheels/tidal-1.5-py3-none-any.whl", "w") as wheel:
            wheel.writestr(zipfile.ZipInfo("tidal.py"), "factor = 1.5\\n")
            wheel.writestr(zipfile.ZipInfo("tidal-1.5.dist-info/METADATA"), "Metadata-Version: 2.1\\nName: tidal\\nVersion: 1.5\\n")

        """

    @Test func lockedWheelsAreImportedInEveryRun() async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            var recipe = Project.Recipe()
            recipe.parameters =
                "{steps: 4, rate: 0.01}\npython: {requirements: requirements.lock, wheels: tide/wheels:1}"
            let project = try await Project.make(
                in: scratch, recipe: recipe,
                training: Project.training(weights: "[tidal.factor, 2, 3]", first: "import tidal"))
            try scratch.write("wheels/.keep", Data())
            let made = try await Tool.run("/usr/bin/python3", ["-c", Self.wheel, scratch.path])
            try #require(made.code == 0, "\(made.error)")
            let wheel = try #require(
                FileManager.default.contents(atPath: scratch.path + "/wheels/tidal-1.5-py3-none-any.whl"))
            try await world.pushData()
            let pushed = try await world.assay(
                "dataset", "push", "tide/wheels", scratch.path + "/wheels/tidal-1.5-py3-none-any.whl")
            try #require(pushed.code == 0, "\(pushed.error)")

            let hollow = try await world.assay("run", "--check", project.folder)
            #expect(hollow.code == 2 && hollow.output.contains("prevents (environment-missing) wheels"), "\(hollow)")
            let unlocked = try await world.assay("run", project.folder)
            #expect(unlocked.code == 2, "\(unlocked.error)")
            #expect(unlocked.error.contains("lock file requirements.lock is not in the source"), "\(unlocked.error)")

            try project.write("requirements.lock", "tidal==1.5 --hash=\(Digest.of(Data("other".utf8)))\n")
            try await project.commit()
            let strange = try await world.assay("run", "--check", project.folder)
            #expect(strange.code == 2 && strange.output.contains("is not in the lock file"), "\(strange)")
            let foreign = try await world.assay("run", project.folder)
            #expect(foreign.code == 2, "\(foreign.error)")
            #expect(foreign.error.contains("tidal-1.5-py3-none-any.whl is not in the lock file"), "\(foreign.error)")

            try project.write("requirements.lock", "tidal==1.5 \\\n    --hash=\(Digest.of(wheel))\n")
            try await project.commit()
            let run = try await world.assay("run", project.folder)
            #expect(run.code == 0, "\(run.error)")
            let shown = try await world.assay("show", "tide/levels:1", "--json")
            #expect(shown.output.contains(#""python.tidal""#) && shown.output.contains("1.5"), "\(shown.output)")

            let verdict = try await world.assay("reproduce", "tide/levels:1")
            #expect(verdict.code == 0, "\(verdict.output)\(verdict.error)")
            #expect(verdict.output.contains("bit-identical"), "\(verdict.output)")

            let whole = try await world.assay("reproduce", "tide/levels:1", "--check")
            #expect(whole.code == 0, "\(whole)")
            try world.loseStored(Digest.of(wheel).description)
            let lost = try await world.assay("reproduce", "tide/levels:1", "--check")
            #expect(lost.code == 2 && lost.output.contains("prevents (environment-missing) wheels"), "\(lost)")
        }
    }
}
