import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Aliases of models and datasets, and their history.
@Suite struct AliasTests {
    @Test func historyTellsEveryMoveNewestFirst() async throws {
        let test = try await TestRegistry()
        let name = try QualifiedName("demo/house")
        let file = try await test.file("w.bin", Data("weights".utf8))
        let digests = [
            try await test.push("demo/house", [file]).digest, try await test.push("demo/house", [file]).digest,
        ]
        let staging = try Alias("staging")
        for number in [1, 2, 2, nil, 1] {
            test.clock.now.withLock { $0 += 1000 }
            let record = try await test.registry.moveAlias(staging, of: name, to: number, as: test.pusher)
            #expect(record.version == number)
            #expect(record.movedBy.name == "ci")
        }
        let history = try await test.registry.aliasHistory(
            of: staging, of: name, kind: .model, PageRequest(), as: test.deployer
        ).items
        // The move to where it pointed already is none.
        #expect(history.map(\.version) == [1, nil, 2, 1])
        #expect(history.map(\.digest) == [digests[0], nil, digests[1], digests[0]])
        #expect(history.map(\.movedAt) == history.map(\.movedAt).sorted(by: >))
        await expectError(.notFound) {
            _ = try await test.registry.aliasHistory(
                of: Alias("never"), of: name, kind: .model, PageRequest(), as: test.deployer)
        }
    }

    @Test func aRemovedAliasIsGoneFromEveryListAndCannotBeRemovedAgain() async throws {
        let test = try await TestRegistry()
        let name = try QualifiedName("demo/house")
        _ = try await test.push("demo/house", [try await test.file("w.bin", Data("weights".utf8))])
        let registry = test.registry
        for alias in ["a", "b"] { _ = try await registry.moveAlias(Alias(alias), of: name, to: 1, as: test.pusher) }
        #expect(try await registry.collection(name, kind: .model, as: test.deployer).aliases == ["a": 1, "b": 1])
        _ = try await registry.moveAlias(Alias("a"), of: name, to: nil, as: test.pusher)
        await expectError(.notFound) {
            _ = try await registry.moveAlias(Alias("a"), of: name, to: nil, as: test.pusher)
        }
        #expect(try await registry.collection(name, kind: .model, as: test.deployer).aliases == ["b": 1])
        let list = try await registry.aliases(of: name, kind: .model, PageRequest(), as: test.deployer).items
        #expect(list.map(\.alias.text) == ["b"])
        let versions = try await registry.versions(of: name, kind: .model, PageRequest(), as: test.deployer).items
        #expect(versions.map(\.aliases) == [["b"]])
    }

    @Test func datasetsHaveAliasesOfTheirOwnAndNoneIsProtected() async throws {
        let test = try await TestRegistry()
        let name = try QualifiedName("demo/house")
        try await test.dataset("demo/house", "1,2\n")
        let production = try Alias("production")
        await expectError(.notFound) {
            _ = try await test.registry.moveAlias(production, of: name, to: 1, as: test.pusher)
        }
        let moved = try await test.registry.moveAlias(
            production, of: name, kind: .dataset, to: 1, expected: 0, as: test.pusher)
        #expect(moved.version == 1)
        let record = try await test.registry.version(
            VersionReference("demo/house:production"), kind: .dataset, as: test.deployer)
        #expect(record.summary.aliases == ["production"])
    }
}
