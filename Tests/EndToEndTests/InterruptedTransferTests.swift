import Foundation
import RegistryTypes
import Testing

/// Large files over bad networks, and programs that die on the way: what arrived is not sent again, and the end is right.
@Suite(.serialized) struct InterruptedTransferTests {
    private static let megabyte = 1_000_000

    /// Bytes that no two places of the file share.
    private static func bytes(_ count: Int) -> Data {
        var state: UInt64 = 88_172_645_463_325_252
        var data = Data(count: count)
        data.withUnsafeMutableBytes { buffer in
            for index in 0..<count / 8 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                buffer.storeBytes(of: state, toByteOffset: index * 8, as: UInt64.self)
            }
        }
        return data
    }

    private func withWorld(_ body: @Sendable @escaping (World) async throws -> Void) async throws {
        let scratch = try Scratch()
        try await World.run(scratch, body)
    }

    /// Runs the command line through a proxy that holds the bytes, and sends it a signal then.
    private func interrupt(
        _ world: World, _ proxy: Proxy, _ signal: String, _ command: String
    ) async throws -> Tool.Outcome {
        let flag = world.scratch.path + "/held"
        try? FileManager.default.removeItem(atPath: flag)
        async let outcome = world.shell(
            """
            $ASSAY \(command) & pid=$!
            until [ -e held ]; do kill -0 $pid || exit 99; sleep 0.01; done
            kill -\(signal) $pid; wait $pid
            """, environment: ["ASSAY_URL": proxy.url])
        for await _ in proxy.held { break }
        try Data().write(to: URL(filePath: flag))
        let ended = try await outcome
        proxy.close()
        return ended
    }

    @Test(arguments: [("KILL", 200), ("INT", 80)])
    func aPushThatIsInterruptedContinues(signal: String, megabytes: Int) async throws {
        try await withWorld { world in
            let size = megabytes * Self.megabyte
            try world.scratch.write("weights.bin", Self.bytes(size))
            let first = try Proxy(before: world.server.url, .init(holdsAfter: size * 6 / 10))
            let cut = try await interrupt(world, first, signal, "push tide/levels weights.bin --no-source")
            #expect(cut.code == (signal == "KILL" ? 137 : 130), "\(cut.error)")
            if signal == "INT" { #expect(cut.error.contains("the same push continues"), "\(cut.error)") }
            #expect(try await world.versions(of: "models/tide/levels") == 0)
            let second = try Proxy(before: world.server.url)
            let again = try await world.assay(
                "push", "tide/levels", "weights.bin", "--no-source", environment: ["ASSAY_URL": second.url])
            #expect(again.code == 0, "\(again.error)")
            #expect(again.error.contains(" were there already"), "\(again.error)")
            // Lost is only what stood in the buffers on the way.
            #expect(first.sent + second.sent < size + 16 * Self.megabyte)
            let pulled = try await world.shell(
                "$ASSAY pull tide/levels:1 --into got && cmp weights.bin got/weights.bin", as: .mia)
            #expect(pulled.code == 0, "\(pulled.error)")
            #expect(try world.uploads.isEmpty)
            second.close()
        }
    }

    @Test func aPushContinuesAfterTheServerDied() async throws {
        let scratch = try Scratch()
        try scratch.write("weights.bin", Self.bytes(100 * Self.megabyte))
        try await World.run(scratch) { world in
            let proxy = try Proxy(before: world.server.url, .init(holdsAfter: 80 * Self.megabyte))
            async let push = world.assay(
                "push", "tide/levels", "weights.bin", "--no-source", environment: ["ASSAY_URL": proxy.url])
            for await _ in proxy.held { break }
            world.server.kill()
            proxy.close()
            let lost = try await push
            #expect(lost.code == 8, "\(lost.error)")
        }
        try await World.run(scratch) { world in
            #expect(try world.uploads.count == 1)
            let again = try await world.shell(
                """
                $ASSAY push tide/levels weights.bin --no-source
                $ASSAY pull tide/levels:1 --into got && cmp weights.bin got/weights.bin
                """)
            #expect(again.code == 0, "\(again.error)")
            #expect(try world.uploads.isEmpty)
        }
    }

    @Test func aNetworkThatBreaksAllTheTimeIsGotOver() async throws {
        try await withWorld { world in
            try world.scratch.write("in/large.bin", Self.bytes(70 * Self.megabyte))
            for number in 0..<6 { try world.scratch.write("in/small\(number)", Self.bytes(40_000 + number)) }
            let proxy = try Proxy(before: world.server.url, .init(cuts: 12))
            let environment = ["ASSAY_URL": proxy.url]
            let push = try await world.assay("dataset", "push", "tide/readings", "in", environment: environment)
            #expect(push.code == 0, "\(push.error)")
            proxy.close()
            let other = try Proxy(before: world.server.url, .init(cuts: 12))
            let pull = try await world.shell(
                "$ASSAY dataset pull tide/readings:1 --into out && diff -r in out",
                environment: ["ASSAY_URL": other.url])
            #expect(pull.code == 0, "\(pull)")
            other.close()
        }
    }

    @Test func aPullThatIsInterruptedContinues() async throws {
        try await withWorld { world in
            let size = 60 * Self.megabyte
            try world.scratch.write("weights.bin", Self.bytes(size))
            #expect(try await world.assay("push", "tide/levels", "weights.bin", "--no-source").code == 0)
            let command = "pull tide/levels:1 --into got"
            for (signal, code) in [("KILL", 137), ("INT", 130)] {
                let proxy = try Proxy(before: world.server.url, .init(holdsAfter: 24 * Self.megabyte))
                #expect(try await interrupt(world, proxy, signal, command).code == code)
                let left = try FileManager.default.contentsOfDirectory(atPath: world.scratch.path + "/got")
                #expect(left.count == 1 && left[0].hasPrefix("weights.bin.assay-part-"), "\(left)")
            }
            let last = try Proxy(before: world.server.url)
            let done = try await world.shell(
                "$ASSAY \(command) && cmp weights.bin got/weights.bin && ls got", environment: ["ASSAY_URL": last.url])
            #expect(done.code == 0 && done.output.hasSuffix("\nweights.bin\n"), "\(done)")
            #expect(last.fetched < 36 * Self.megabyte)
            last.close()
        }
    }

    @Test func aDamagedPartIsNotTakenUp() async throws {
        try await withWorld { world in
            let bytes = Self.bytes(5 * Self.megabyte)
            try world.scratch.write("weights.bin", bytes)
            #expect(try await world.assay("push", "tide/levels", "weights.bin", "--no-source").code == 0)
            let part = "got/weights.bin.assay-part-\(Digest.of(bytes).hex.prefix(16))"
            // Zeros where bytes were, as after a power cut; more bytes than there are; another file's beginning.
            for damage in [Data(count: 100_000), bytes + Data(count: 9), Data(count: 5 * Self.megabyte)] {
                try? FileManager.default.removeItem(atPath: world.scratch.path + "/got")
                try world.scratch.write(part, damage)
                let done = try await world.shell(
                    "$ASSAY pull tide/levels:1 --into got && cmp weights.bin got/weights.bin")
                #expect(done.code == 0, "\(done.error)")
            }
        }
    }

    @Test func theCacheIsVerifiedBeforeItIsUsed() async throws {
        try await withWorld { world in
            let bytes = Self.bytes(5 * Self.megabyte)
            try world.scratch.write("weights.bin", bytes)
            #expect(try await world.assay("push", "tide/levels", "weights.bin", "--no-source").code == 0)
            let hex = Digest.of(bytes).hex
            let cached = world.scratch.path + "/cache/\(hex.prefix(2))/\(hex)"
            @Sendable func pull(_ folder: String, _ options: String, _ environment: [String: String] = [:]) async throws
                -> Int
            {
                let proxy = try Proxy(before: world.server.url)
                defer { proxy.close() }
                let done = try await world.shell(
                    "$ASSAY pull tide/levels:1 --into \(folder) \(options) && cmp weights.bin \(folder)/weights.bin",
                    environment: ["ASSAY_URL": proxy.url].merging(environment) { $1 })
                #expect(done.code == 0, "\(done.error)")
                return proxy.fetched
            }
            #expect(try await pull("one", "--cache cache") > bytes.count)
            #expect(try Data(contentsOf: URL(filePath: cached)) == bytes)
            #expect(try await pull("two", "", ["ASSAY_CACHE": "cache"]) < 100_000)
            // Who edits a pulled file does not edit the cache.
            try Data("edited".utf8).write(to: URL(filePath: world.scratch.path + "/two/weights.bin"))
            #expect(try await pull("three", "--cache cache") < 100_000)
            var wrong = bytes
            wrong[77] ^= 1
            try wrong.write(to: URL(filePath: cached))
            #expect(try await pull("four", "--cache cache") > bytes.count)
            #expect(try Data(contentsOf: URL(filePath: cached)) == bytes)
        }
    }
}
