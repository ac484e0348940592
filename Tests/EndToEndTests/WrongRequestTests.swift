import Foundation
import RegistryTypes
import Testing

/// Names, paths and documents that are none: each gets its code and a sentence, and leaves nothing behind.
@Suite(.serialized) struct WrongRequestTests {
    /// Checks afterwards that nothing came to the one version, and how many models there are.
    private func withVersion(
        models: Int = 1, _ body: @Sendable @escaping (World) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        try scratch.write("weights.bin", Data("weights".utf8))
        try await World.run(scratch) { world in
            #expect(try await world.assay("push", "tide/levels", "weights.bin", "--no-source").code == 0)
            try await body(world)
            #expect(try await world.versions(of: "models/tide/levels") == 1)
            let names = try await world.http("GET", "models", as: .otto)
            #expect(try names.json["items"]?.array?.count == models, "\(names.text)")
        }
    }

    @Test func namesAndPathsThatLeadElsewhere() async throws {
        try await withVersion { world in
            let long = String(repeating: "a", count: 300)
            for (path, status, code) in [
                ("models/tide/..", 400, "invalid-name"), ("models/tide/%2e%2e", 400, "invalid-name"),
                ("models/tide/a%2fb", 400, "invalid-name"), ("models/tide/a%00b", 400, "invalid-request"),
                ("models/tide/\(long)", 400, "invalid-name"), ("models/%zz/x", 400, "invalid-request"),
                ("models/tide/%252e%252e", 400, "invalid-name"), ("models/tide/levels.git", 400, "invalid-name"),
            ] {
                for method in ["GET", "POST"] {
                    let answer = try await world.http(
                        method, path + (method == "GET" ? "" : "/versions"), body: method == "GET" ? nil : "{}")
                    #expect(answer.status == status && answer.code == code, "\(method) \(path): \(answer.text)")
                }
            }
            let files = "models/tide/levels/versions/1/files"
            for (path, status, code) in [
                ("..%2f..%2fmeta.db", 400, "invalid-path"), ("../../../../../../etc/passwd", 400, "invalid-path"),
                ("%2e%2e/%2e%2e/meta.db", 400, "invalid-path"), ("x%00y", 400, "invalid-path"),
                ("%ff", 400, "invalid-path"), ("%2fetc%2fpasswd", 400, "invalid-path"), (long, 400, "invalid-path"),
                ("%252e%252e/meta.db", 404, "not-found"), ("weights.bin/..", 400, "invalid-path"),
                ("a\\b", 400, "invalid-path"),
            ] {
                let answer = try await world.http("GET", "\(files)/\(path)")
                #expect(answer.status == status && answer.code == code, "\(path): \(answer.text)")
            }
            #expect(try await world.http("GET", "\(files)/weights%2Ebin").status == 200)
            for name in ["tide/..", "tide/a/b", "tide/%2e%2e", "tide/\(long)", "levels", "tide/x.lock", "../tide/x"] {
                let refused = try await world.assay("push", name, "weights.bin", "--no-source")
                #expect(refused.code == 1, "\(name)")
                #expect(refused.error.contains("is not"), "\(refused.error)")
            }
        }
    }

    @Test func documentsThatAreNone() async throws {
        try await withVersion { world in
            let hex = Digest.of(Data("weights".utf8)).hex
            @Sendable func file(_ path: String = "a.bin", size: String = "7", mode: String = "file", sha: String? = nil)
                -> String
            {
                """
                {"path":"\(path)","size":\(size),"sha256":"\(sha ?? hex)","mediaType":"a/b","mode":"\(mode)"}
                """
            }
            @Sendable func version(_ files: String, metrics: String = "", more: String = "") -> String {
                """
                {"files":[\(files)],"run":{"kind":"import","state":"finished","facts":{},"metrics":[\(metrics)]}\(more)}
                """
            }
            let metric = #"{"name":"mse","step":0,"class":"#
            let wrong: [(String, String, String)] = [
                ("{", "invalid-json", "at byte 1"), ("[]", "invalid-json", "the document must be an object"),
                (#"{"files":"x"}"#, "invalid-json", #""files" must be an array"#),
                (version(file(), more: #","extra":1"#), "invalid-json", #"unknown member "extra""#),
                (version(file(), more: #","files":[]"#), "invalid-json", #"the key "files" stands twice"#),
                (version(file(size: #""7""#)), "invalid-json", #""files[0].size" must be a whole number"#),
                (version(file(size: "1.5")), "invalid-json", "number"),
                (version(file(size: "1e99")), "invalid-json", "number"),
                (version(file(size: "-7")), "invalid-request", "impossible size"),
                (version(file(mode: "pipe")), "invalid-json", #""files[0].mode" is "pipe""#),
                (version(file(sha: "sha256:" + hex)), "invalid-digest", "64 lower-case hex digits alone"),
                (version(file("../a")), "invalid-path", "is not a file path"),
                (version(file("/etc/passwd")), "invalid-path", "is not a file path"),
                (version(file(#"a\u0000b"#)), "invalid-path", "is not a file path"),
                (version(file() + "," + file()), "invalid-path", "stands twice"),
                (version(file("A.bin") + "," + file()), "invalid-path", "A.bin and a.bin differ only in case"),
                (version(file() + "," + file("a.bin/b")), "invalid-path", "both a file and a folder"),
                (version(""), "invalid-request", "1 to 100,000 files"),
                (version(file(), metrics: metric + #""finite","value":NaN}"#), "nonfinite-number", "class"),
                (version(file(), metrics: metric + #""finite","value":Infinity}"#), "nonfinite-number", "class"),
                (version(file(), metrics: metric + #""nan","value":1}"#), "nonfinite-number", "mse"),
                (version(file(), metrics: metric + #""finite"}"#), "nonfinite-number", "mse"),
            ]
            for (body, code, sentence) in wrong {
                let answer = try await world.http("POST", "models/tide/levels/versions", body: body)
                #expect(answer.code == code, "\(body): \(answer.text)")
                #expect(answer.detail?.contains(sentence) == true, "\(body): \(answer.text)")
                for word in ["Swift", "Dictionary", "Array<", "Cannot initialize", "Index 0"] {
                    #expect(!answer.text.contains(word), "\(answer.text)")
                }
            }
            let foreign = Digest.of(Data("never uploaded".utf8)).hex
            let missing = try await world.http(
                "POST", "models/tide/levels/versions", body: version(file(sha: foreign)))
            #expect(missing.status == 422 && missing.code == "blob-unknown")
            #expect(missing.detail?.contains("upload them first") == true)
        }
    }

    @Test func questionsThatAreNone() async throws {
        try await withVersion { world in
            for (path, code) in [
                ("models?limit=0", "invalid-request"), ("models?limit=x", "invalid-request"),
                ("models?cursor=zzz", "invalid-request"), ("lineage", "invalid-request"),
                ("models/tide/levels/versions/0", "invalid-reference"), ("nothing", "not-found"),
                ("models/tide/levels/versions/sha256:12", "invalid-digest"), ("models/other/levels", "not-found"),
            ] {
                let answer = try await world.http("GET", path)
                #expect(answer.code == code, "\(path): \(answer.text)")
                #expect(answer.detail?.isEmpty == false)
            }
            for command in [
                "list --limit 0", "audit log --namespace tide --limit 0", "alias history tide/levels x --limit 0",
            ] {
                let refused = try await world.shell("$ASSAY " + command, as: .admin)
                #expect(refused.code == 1)
                #expect(refused.error.contains("a limit is at least 1"), "\(refused.error)")
            }
        }
    }

    @Test func metricsOfPythonWithNaNAreTakenAndMarked() async throws {
        try await withVersion(models: 2) { world in
            try world.scratch.write(
                "metrics.json", Data(#"{"mse": NaN, "gap": [{"step": 1, "value": Infinity}]}"#.utf8))
            let pushed = try await world.assay(
                "push", "tide/other", "weights.bin", "--no-source", "--metrics", "metrics.json")
            #expect(pushed.code == 0, "\(pushed.error)")
            #expect(pushed.error.contains("NOT FINITE") && pushed.error.contains("mse is nan"), "\(pushed.error)")
            let approved = try await world.assay("approve", "tide/other:1", as: .noor)
            #expect(approved.code == 4)
            #expect(approved.error.contains("can never be approved; push a fixed version"))
            let shown = try await world.assay("show", "tide/other:1")
            #expect(shown.output.contains("nonfinite"), "\(shown.output)")
            for (text, sentence) in [
                ("{", "metrics.json"), (#"{"a": "b"}"#, "the metric \"a\""), ("[1]", "one JSON object"),
            ] {
                try world.scratch.write("metrics.json", Data(text.utf8))
                let refused = try await world.assay(
                    "push", "tide/other", "weights.bin", "--no-source", "--metrics", "metrics.json")
                #expect(refused.code == 1)
                #expect(refused.error.contains(sentence), "\(refused.error)")
            }
            #expect(try await world.versions(of: "models/tide/other") == 1)
            let deleted = try await world.http("DELETE", "models/tide/other/versions/1")
            #expect(deleted.status == 403 && deleted.code == "forbidden")
            #expect(try await world.versions(of: "models/tide/other") == 1)
        }
    }
}
