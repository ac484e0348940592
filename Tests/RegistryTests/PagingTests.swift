import Foundation
import Registry
import RegistryTypes
import Testing

/// Lists in pages: everything once, in order, whatever is inserted in between.
@Suite struct PagingTests {
    @Test func versionsThatComeInBetweenNeitherRepeatNorHideOthers() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w.bin", Data("weights".utf8))
        for _ in 1...7 { _ = try await test.push("demo/house", [file]) }
        let name = try QualifiedName("demo/house")
        var pages: [[Int]] = []
        var cursor: String?
        repeat {
            let page = try await test.registry.versions(
                of: name, kind: .model, PageRequest(limit: 3, cursor: cursor), as: test.pusher)
            pages.append(page.items.map(\.number))
            cursor = page.nextCursor
            _ = try await test.push("demo/house", [file])
        } while cursor != nil
        #expect(pages == [[7, 6, 5], [4, 3, 2], [1]])
        // A list that ends exactly at a page has no further one.
        let exact = try await test.registry.versions(
            of: name, kind: .model, PageRequest(limit: 10), as: test.pusher)
        #expect(exact.items.count == 10 && exact.nextCursor == nil)
    }

    @Test func collectionsAreInTheOrderOfTheirNamesWhateverTheirCase() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w.bin", Data("weights".utf8))
        for name in ["b", "D", "a", "C"] { _ = try await test.push("demo/\(name)", [file]) }
        let first = try await test.registry.collections(
            .model, in: nil, PageRequest(limit: 2), as: test.deployer)
        #expect(first.items.map(\.name.name.text) == ["a", "b"])
        _ = try await test.push("demo/aa", [file])
        _ = try await test.push("demo/bb", [file])
        let rest = try await test.registry.collections(
            .model, in: nil, PageRequest(limit: 10, cursor: first.nextCursor), as: test.deployer)
        #expect(rest.items.map(\.name.name.text) == ["bb", "C", "D"])
        #expect(rest.nextCursor == nil)
        let datasets = try await test.registry.collections(.dataset, in: nil, PageRequest(), as: test.deployer)
        #expect(datasets.items.isEmpty)
    }

    @Test func everyListIsTheSameInSmallPages() async throws {
        let test = try await TestRegistry()
        let file = try await test.file("w.bin", Data("weights".utf8))
        let name = try QualifiedName("demo/house")
        for number in 1...5 {
            _ = try await test.push("demo/house", [file])
            _ = try await test.push("demo/house\(number)", [file])
            _ = try await test.registry.createNamespace(ResourceName("n\(number)"), as: test.admin)
            for alias in ["staging", "canary-\(number)"] {
                _ = try await test.registry.moveAlias(Alias(alias), of: name, to: number, as: test.pusher)
            }
        }
        let (registry, admin) = (test.registry, test.admin)
        func check<Item: Sendable>(
            _ what: String, _ key: (Item) -> String, _ fetch: (PageRequest) async throws -> Page<Item>
        ) async throws {
            let whole = try await everyPage(1000, fetch).map(key)
            #expect(whole.count >= 3, "\(what)")
            #expect(Set(whole).count == whole.count, "\(what)")
            for limit in [1, 2, 3] { #expect(try await everyPage(limit, fetch).map(key) == whole, "\(what)") }
        }
        try await check("namespaces", \.name.text) { try await registry.namespaces($0, as: admin) }
        try await check("members", \.principal.id) {
            try await registry.members(of: test.namespace, $0, as: admin)
        }
        try await check("tokens", \.id) { try await registry.tokens($0, as: admin) }
        try await check("collections", \.name.description) {
            try await registry.collections(.model, in: test.namespace, $0, as: admin)
        }
        try await check("aliases", \.alias.text) {
            try await registry.aliases(of: name, kind: .model, $0, as: admin)
        }
        try await check("history", { "\($0.version ?? 0)" }) {
            try await registry.aliasHistory(of: Alias("staging"), of: name, kind: .model, $0, as: admin)
        }
        try await check("audit", \.leaf.description) { try await registry.auditLog(of: nil, $0, as: admin) }
    }

    @Test(arguments: ["", "!", "AAAA", "WyJ2ZXJzaW9ucyJd", "WyJ2ZXJzaW9ucyIsIngiXQ", "WyJ0b2tlbnMiLCIxIiwiYSJd", "e30"])
    func cursorsThatNoListGaveAreRefused(text: String) async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/house", [try await test.file("w.bin", Data("weights".utf8))])
        await expectError(.invalidRequest) {
            _ = try await test.registry.versions(
                of: QualifiedName("demo/house"), kind: .model, PageRequest(cursor: text), as: test.pusher)
        }
    }

    @Test(arguments: [0, -1, 1001, Int.max]) func limitsAreLimited(limit: Int) async {
        await expectError(.invalidRequest) { _ = try PageRequest(limit: limit) }
    }
}
