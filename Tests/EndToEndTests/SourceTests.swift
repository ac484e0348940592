import Foundation
import Testing

/// What stands between a version and its source: nothing is recorded that git cannot give back.
@Suite(.serialized, .enabled(if: Project.canRun)) struct SourceTests {
    private func withProject(
        _ body: @Sendable @escaping (World, Project) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        try await World.run(scratch) { world in
            let project = try await Project.make(in: scratch)
            try await world.pushData()
            try await body(world, project)
        }
    }

    @Test(arguments: [["run"], ["push", "tide/levels", "fit.py"]])
    func aDirtyWorkTreeIsRefused(command: [String]) async throws {
        try await withProject { world, project in
            try project.write("fit.py", Project.training + "# a change\n")
            try project.write("notes.txt", "a new file")
            let script = "$ASSAY " + command.joined(separator: " ")
            let refused = try await world.shell(script, in: project.folder)
            #expect(refused.code == 1)
            #expect(refused.error.contains("the work tree differs from the commit"), "\(refused.error)")
            #expect(refused.error.contains("fit.py") && refused.error.contains("notes.txt"))
            #expect(refused.error.contains("--allow-dirty"))
            #expect(try await world.versions(of: "models/tide/levels") == 0)

            let taken = try await world.shell(script + " --allow-dirty", in: project.folder)
            #expect(taken.code == 0, "\(taken.error)")
            let shown = try await world.assay("show", "tide/levels:1")
            #expect(shown.output.contains("dirty-source"), "\(shown.output)")
            guard command == ["run"] else { return }
            let again = try await world.assay("reproduce", "tide/levels:1")
            #expect(again.code == 0, "\(again.error)")
            #expect(again.output.contains("bit-identical") && again.output.contains("dirty-source"), "\(again.output)")
        }
    }

    @Test func aCommitIsNamedInFullAndCheckedOut() async throws {
        try await withProject { world, project in
            let head = try await project.head
            let wrong = [
                (String(head.prefix(8)), "its full id"), ("main", "its full id"),
                (String(repeating: "0", count: 40), "is not what is checked out"), (head.uppercased(), "lower-case"),
            ]
            for (commit, sentence) in wrong {
                let refused = try await world.assay(
                    "push", "tide/levels", "fit.py", "--commit", commit, in: project.folder)
                #expect(refused.code == 1)
                #expect(refused.error.contains(sentence), "\(refused.error)")
            }
            #expect(try await world.versions(of: "models/tide/levels") == 0)
            let taken = try await world.assay("push", "tide/levels", "fit.py", "--commit", head, in: project.folder)
            #expect(taken.code == 0, "\(taken.error)")
        }
    }

    @Test func aPointerOfGitLFSIsNotASource() async throws {
        try await withProject { world, project in
            let oid = String(repeating: "a", count: 64)
            try project.write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 12345\n")
            try await project.commit()
            try await refusesToRun(world, project, naming: "big.bin is a Git LFS pointer")
        }
    }

    @Test func aSubmoduleIsNotASource() async throws {
        try await withProject { world, project in
            let other = world.scratch.path + "/other"
            try await project.git("clone", "--quiet", project.folder, other)
            try await project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "part")
            try await project.commit()
            try await refusesToRun(world, project, naming: "part is a git submodule")
        }
    }

    /// A run is refused, because nobody could repeat it; a push says so and marks the version.
    private func refusesToRun(_ world: World, _ project: Project, naming culprit: String) async throws {
        let refused = try await world.assay("run", in: project.folder)
        #expect(refused.code == 2)
        #expect(refused.error.contains(culprit), "\(refused.error)")
        #expect(try await world.versions(of: "models/tide/levels") == 0)

        let pushed = try await world.assay("push", "tide/levels", "fit.py", in: project.folder)
        #expect(pushed.code == 0, "\(pushed.error)")
        #expect(pushed.error.components(separatedBy: culprit).count == 2, "said more than once: \(pushed.error)")
        let again = try await world.assay("reproduce", "tide/levels:1")
        #expect(again.code == 2)
        #expect(again.output.contains("not-verifiable"))
        let shown = try await world.assay("show", "tide/levels:1")
        #expect(shown.output.contains("source-incomplete"), "\(shown.output)")
    }

    @Test func aFolderWithoutGitNeedsAWord() async throws {
        try await withProject { world, _ in
            let refused = try await world.assay("push", "tide/levels", "data")
            #expect(refused.code == 1)
            #expect(refused.error.contains("--no-source"), "\(refused.error)")
            let taken = try await world.assay("push", "tide/levels", "data", "--no-source")
            #expect(taken.code == 0, "\(taken.error)")
            let missing = try await world.assay("run")
            #expect(missing.code == 6)
            #expect(missing.error.contains("`assay init namespace/name` writes one"), "\(missing.error)")
        }
    }

    @Test func outputsOfARunThatRecordsNothingDoNotMakeTheWorkTreeDirty() async throws {
        try await withProject { world, project in
            let kept = try await world.assay("run", "--no-push", in: project.folder)
            #expect(kept.code == 0, "\(kept.error)")
            #expect(kept.output.contains("assay-out/harmonics.npy"))
            #expect(try await world.versions(of: "models/tide/levels") == 0)
            let run = try await world.assay("run", in: project.folder)
            #expect(run.code == 0, "\(run.error)")
        }
    }

    @Test func anUnknownDatasetIsNamed() async throws {
        try await withProject { world, project in
            for (dataset, sentence) in [
                ("tide/nothing:1", "there is no dataset tide/nothing"),
                ("tide/readings:7", "tide/readings has no version 7"),
                ("elsewhere/readings:1", "there is no namespace elsewhere"),
            ] {
                let recipe = Project.Recipe(
                    inputs: "  - {name: readings, dataset: \"\(dataset)\", phase: train}\n"
                        + "  - {name: later, dataset: tide/later:1, phase: evaluate}")
                try project.write("assay.yaml", recipe.text)
                let run = try await world.assay("run", "--allow-dirty", in: project.folder)
                #expect(run.code == 6)
                #expect(run.error.contains(sentence), "\(run.error)")
                let push = try await world.assay(
                    "push", "tide/levels", "fit.py", "--allow-dirty", "--dataset", dataset, in: project.folder)
                #expect(push.code == 6)
                #expect(push.error.contains(sentence), "\(push.error)")
            }
            #expect(try await world.versions(of: "models/tide/levels") == 0)
        }
    }
}
