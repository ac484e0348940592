import Foundation
import RegistryTypes
import Testing

/// Pushes that go wrong on the way, come twice, or come at the same time.
@Suite(.serialized) struct PushTests {
    /// Waits until the server has begun to receive an upload, while process `$pid` lives.
    private static let untilUploading = """
        until [ -n "$(ls "$DATA/uploads")" ]; do kill -0 $pid || exit 99; sleep 0.005; done
        """

    private func withWorld(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
        let scratch = try Scratch()
        try await World.run(scratch, body)
    }

    @Test func aFileThatChangesWhileItIsSentIsNotRecorded() async throws {
        try await withWorld { world in
            let push = try await world.shell(
                """
                truncate -s 300M weights.bin
                $ASSAY dataset push tide/readings weights.bin & pid=$!
                \(Self.untilUploading)
                printf x >> weights.bin
                wait $pid
                """)
            #expect(push.code == 5, "\(push.error)")
            #expect(push.error.contains("changed while it was being pushed; nothing was recorded"), "\(push.error)")
            #expect(push.error.contains("push again"))
            #expect(try await world.versions(of: "datasets/tide/readings") == 0)
            #expect(try world.uploads.isEmpty)
            let again = try await world.assay("dataset", "push", "tide/readings", "weights.bin")
            #expect(again.code == 0, "\(again.error)")
        }
    }

    @Test func aPushThatIsKilledHalfwayIsRepeated() async throws {
        try await withWorld { world in
            let killed = try await world.shell(
                """
                truncate -s 300M weights.bin
                $ASSAY dataset push tide/readings weights.bin & pid=$!
                \(Self.untilUploading)
                kill -9 $pid
                wait $pid
                """)
            #expect(killed.code == 137, "\(killed.error)")
            #expect(try await world.versions(of: "datasets/tide/readings") == 0)
            let again = try await world.assay("dataset", "push", "tide/readings", "weights.bin")
            #expect(again.code == 0, "\(again.error)")
            #expect(again.output.hasPrefix("pushed tide/readings:1  "), "\(again.output)")
            #expect(try world.uploads.isEmpty)
        }
    }

    @Test func aServerThatDiesInMidPushLosesNothing() async throws {
        let scratch = try Scratch()
        try scratch.write("earlier.txt", Data("acknowledged before".utf8))
        try await World.run(scratch) { world in
            let earlier = try await world.assay("dataset", "push", "tide/readings", "earlier.txt")
            #expect(earlier.code == 0, "\(earlier.error)")
            let cut = try await world.shell(
                """
                truncate -s 300M weights.bin
                $ASSAY dataset push tide/readings weights.bin & pid=$!
                \(Self.untilUploading)
                kill -9 $SERVER
                wait $pid
                """, environment: ["SERVER": String(world.server.processID)])
            #expect(cut.code == 8, "\(cut.error)")
            #expect(cut.error.contains("cannot be reached"), "\(cut.error)")
        }
        try await World.run(scratch) { world in
            // The session of the cut push, if it was opened already.
            #expect(try world.uploads.count <= 1)
            #expect(try await world.versions(of: "datasets/tide/readings") == 1)
            let again = try await world.assay("dataset", "push", "tide/readings", "weights.bin")
            #expect(again.output.hasPrefix("pushed tide/readings:2  "), "\(again.error)")
            #expect(try world.uploads.isEmpty)
            let pulled = try await world.shell(
                """
                $ASSAY dataset pull tide/readings:1 --into one && cmp earlier.txt one/earlier.txt
                $ASSAY dataset pull tide/readings:2 --into two && cmp weights.bin two/weights.bin
                """)
            #expect(pulled.code == 0, "\(pulled.error)")
        }
    }

    @Test func wrongBytesAndLengthsAreRefused() async throws {
        try await withWorld { world in
            let file = try world.scratch.write("hello.txt", Data("hello".utf8))
            let right = Digest.of(Data("hello".utf8))
            let other = Digest.of(Data("something else".utf8))
            let wrong = try await world.http("PUT", "namespaces/tide/blobs/\(other)", file: file)
            #expect(wrong.status == 422 && wrong.code == "digest-mismatch")
            #expect(wrong.detail?.contains("send them again") == true)
            let short = try await world.http(
                "PUT", "namespaces/tide/blobs/\(right)", file: file, headers: ["Content-Length: 3"])
            #expect(short.status == 422 && short.code == "digest-mismatch")
            let unknown = try await world.http(
                "PUT", "namespaces/tide/blobs/\(right)", file: file, headers: ["Transfer-Encoding: chunked"])
            #expect(unknown.status == 411 && unknown.code == "length-required")
            let malformed = try await world.http("PUT", "namespaces/tide/blobs/sha256:ABC", file: file)
            #expect(malformed.status == 400 && malformed.code == "invalid-digest")
            // A body that ends before its length: the connection breaks off, and there is no answer.
            let cut = try await world.shell(
                """
                { printf 'PUT /api/v1/namespaces/tide/blobs/\(right) HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 9\\r\\n'
                  printf 'Authorization: Bearer %s\\r\\n\\r\\nhello' "$ASSAY_TOKEN"; } > request
                curl -sS --max-time 1 -T request "telnet://${ASSAY_URL#http://}"
                """)
            #expect(!cut.output.contains("HTTP/1.1 2"), "\(cut.output)")
            for digest in [right, other] {
                #expect(try await world.http("HEAD", "namespaces/tide/blobs/\(digest)").status == 404)
            }
            #expect(try await world.http("PUT", "namespaces/tide/blobs/\(right)", file: file).status == 201)
            let size = try await world.http(
                "POST", "datasets/tide/readings/versions",
                body:
                    #"{"files":[{"path":"a","size":6,"sha256":"\#(right.hex)","mediaType":"text/plain","mode":"file"}]}"#
            )
            #expect(size.status == 422 && size.code == "length-mismatch")
            #expect(try await world.versions(of: "datasets/tide/readings") == 0)
            #expect(try world.uploads.isEmpty)
        }
    }

    @Test func theSamePushTwice() async throws {
        try await withWorld { world in
            try world.scratch.write("weights.bin", Data("weights".utf8))
            try world.scratch.write("other.bin", Data("others".utf8))
            let build = ["GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "5", "GITHUB_REPOSITORY": "a/b", "GITHUB_JOB": "j"]
            @Sendable func push(_ file: String = "weights.bin", key: String? = nil, isBuild: Bool = false) async throws
                -> Tool.Outcome
            {
                try await world.shell(
                    "$ASSAY push tide/levels --no-source \(file) " + (key.map { "--idempotency-key \($0)" } ?? ""),
                    environment: isBuild ? build : [:])
            }
            let first = try await push(key: "k1")
            #expect(first.code == 0, "\(first.error)")
            let repeated = try await push(key: "k1")
            #expect(repeated.code == 0 && repeated.output == first.output, "\(repeated.error)")
            let reused = try await push("other.bin", key: "k1")
            #expect(reused.code == 1)
            #expect(reused.error.contains("k1 belongs to another request"), "\(reused.error)")
            #expect(try await world.versions(of: "models/tide/levels") == 1)

            let again = try await push()
            #expect(again.output.contains("tide/levels:2"))
            #expect(again.output.contains("same artifact as :1"), "\(again.output)")
            let built = try await push(isBuild: true)
            let retried = try await push(isBuild: true)
            #expect(built.output.contains("tide/levels:3") && retried.output == built.output, "\(retried.error)")
            #expect(try await world.versions(of: "models/tide/levels") == 3)
        }
    }

    @Test func pushesAtTheSameTimeGetNumbersOfTheirOwn() async throws {
        try await withWorld { world in
            let pushes = try await world.shell(
                """
                for i in 1 2 3 4; do echo "weights $i" > w$i; done
                for i in 1 2 3 4; do $ASSAY push tide/levels --no-source w$i > said$i & done; wait
                for i in 1 2; do $ASSAY push tide/same --no-source w1 --idempotency-key k > same$i & done; wait
                cat said? | cut -d ' ' -f 2 | sort; cat same?
                """)
            let lines = pushes.output.split(separator: "\n").map(String.init)
            #expect(Array(lines.prefix(4)) == (1...4).map { "tide/levels:\($0)" }, "\(pushes)")
            #expect(lines.count == 6 && lines[4] == lines[5], "\(pushes)")
            #expect(try await world.versions(of: "models/tide/same") == 1)
            let contents = try await world.shell(
                """
                for i in 1 2 3 4; do $ASSAY pull tide/levels:$i --into p$i; done > /dev/null && cat p?/* | sort
                """)
            #expect(contents.output == (1...4).map { "weights \($0)\n" }.joined())
        }
    }
}
