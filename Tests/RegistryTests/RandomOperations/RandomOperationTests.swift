import BlobStore
import Foundation
import Registry
import RegistryTypes
import Testing

/// Random lists of operations answer as the model does, whenever the registry is closed and opened in between.
///
/// `ASSAY_TEST_SEED` repeats a run that failed; `ASSAY_TEST_STEPS` makes it longer.
@Suite struct RandomOperationTests {
    private static let variables = ProcessInfo.processInfo.environment
    private static let seed = variables["ASSAY_TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 0 ... .max)
    private static let steps = variables["ASSAY_TEST_STEPS"].flatMap(Int.init) ?? 400

    @Test func answersAsTheModelDoes() async throws {
        let world = try await RandomWorld(seed: Self.seed)
        defer { world.remove() }
        for step in 0..<Self.steps {
            let (operation, expected, found) = try await world.step()
            try #require(expected == found, "seed \(Self.seed), step \(step): \(operation)")
        }
        try await world.checkEverything()
    }
}

/// The model and the real registry side by side; used by one test, one step after the other.
private final class RandomWorld {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "assay-random-\(UUID())").path
    private let namespace: ResourceName
    private var registry: ModelRegistry
    private var model = RegistryModel()
    private var dice: SeededDice
    private var callers: [Role: Caller] = [:]
    private var contents: [Digest: Data] = [:]

    init(seed: UInt64) async throws {
        dice = SeededDice(seed: seed)
        namespace = try ResourceName("demo")
        registry = try ModelRegistry(dataFolder: folder, clock: { 1_700_000_000_000 })
        guard let token = try await registry.bootstrap() else { throw RegistryError(.internalError, "not empty") }
        let admin = try await registry.authenticate(token.revealed, requestID: "t")
        _ = try await registry.createNamespace(namespace, as: admin)
        for role in [Role.pusher, .approver, .deployer, .reader] {
            let roles: [Role] = role == .pusher ? [.pusher, .approver] : [role]
            let made = try await registry.createToken(
                CreateToken(principal: role.rawValue, roles: roles, namespace: namespace), as: admin)
            callers[role] = try await registry.authenticate(made.token, requestID: "t")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private func caller(_ role: Role) throws -> Caller { try #require(callers[role]) }

    /// One operation in both worlds: what it was, what the model says, what the registry answers.
    func step() async throws -> (operation: String, expected: RegistryModel.Answer, found: RegistryModel.Answer) {
        let name = ["house", "digits", "tides"][dice.roll(3)]
        switch dice.roll(100) {
        case 0..<20: return try await put()
        case 20..<45: return try await push(name)
        case 45..<60: return try await decide(name)
        case 60..<75: return try await move(name)
        case 75..<97: return try await fetch(name)
        default:
            try registry.close()
            // Nobody else holds the folder's lock: the old registry goes before the new one comes.
            registry = try reopened()
            return ("close and open", .done, .done)
        }
    }

    private func reopened() throws -> ModelRegistry {
        let placeholder = FileManager.default.temporaryDirectory.appending(path: "assay-random-\(UUID())").path
        registry = try ModelRegistry(dataFolder: placeholder, clock: { 0 })
        defer { try? FileManager.default.removeItem(atPath: placeholder) }
        return try ModelRegistry(dataFolder: folder, clock: { 1_700_000_000_000 })
    }

    private func answer(_ work: () async throws -> RegistryModel.Answer) async throws -> RegistryModel.Answer {
        do {
            return try await work()
        } catch let error as RegistryError {
            return .refused(error.code)
        }
    }

    private func put() async throws -> (String, RegistryModel.Answer, RegistryModel.Answer) {
        let data = Data((0..<dice.roll(2000)).map { _ in UInt8(dice.roll(256)) })
        let digest = Digest.of(data)
        let isWrong = dice.roll(5) == 0
        let upload = try registry.blobs.beginUpload()
        try data.withUnsafeBytes { try upload.write($0) }
        let pusher = try caller(.pusher)
        let found = try await answer {
            _ = try await registry.finishUpload(
                upload, expecting: isWrong ? Digest.of(Data("other".utf8)) : digest, size: nil, in: namespace,
                as: pusher)
            return .bytes(digest)
        }
        if !isWrong {
            model.blobs.insert(digest)
            contents[digest] = data
        }
        return ("put \(digest)", isWrong ? .refused(.digestMismatch) : .bytes(digest), found)
    }

    private func push(_ name: String) async throws -> (String, RegistryModel.Answer, RegistryModel.Answer) {
        let known = contents.keys.sorted { $0.hex < $1.hex }
        guard !known.isEmpty else { return ("nothing to push", .done, .done) }
        var files = (0...dice.roll(2)).map { _ in known[dice.roll(known.count)] }
        if dice.roll(8) == 0 { files.append(Digest.of(Data("never uploaded".utf8))) }
        let key = dice.roll(3) == 0 ? "key-\(dice.roll(20))" : nil
        var pusher = try caller(.pusher)
        if let key { pusher.idempotency = try IdempotentRequest(key: key, digest: Digest.of(Data())) }
        let entries = try files.enumerated().map { index, digest in
            ArtifactFile(
                path: try ArtifactPath("part\(index)"), size: Int64(contents[digest]?.count ?? 14), sha256: digest)
        }
        let request = CreateModelVersion(files: entries, run: RunDescription(kind: .import))
        let found = try await answer {
            .version(
                try await registry.pushVersion(
                    request, of: QualifiedName("demo/\(name)"), as: pusher
                ).version.number)
        }
        return ("push \(name) \(key ?? "-")", model.push(files, to: name, key: key), found)
    }

    private func number(of name: String) -> Int { 1 + dice.roll((model.models[name]?.count ?? 0) + 2) }

    private func decide(_ name: String) async throws -> (String, RegistryModel.Answer, RegistryModel.Answer) {
        let (number, byPusher) = (number(of: name), dice.roll(4) == 0)
        let decision = Decision.allCases[dice.roll(3)]
        let caller = try caller(byPusher ? .pusher : .approver)
        let reference = VersionReference(name: try QualifiedName("demo/\(name)"), selector: .number(number))
        let found = try await answer {
            let version = try await registry.version(reference, kind: .model, as: caller)
            _ = try await registry.decide(
                DecideVersion(decision: decision, digest: version.summary.digest), about: reference, as: caller)
            return .done
        }
        return ("\(decision) \(name):\(number)", model.decide(decision, name, number, byPusher: byPusher), found)
    }

    private func move(_ name: String) async throws -> (String, RegistryModel.Answer, RegistryModel.Answer) {
        let alias = ["production", "candidate"][dice.roll(2)]
        let target = dice.roll(6) == 0 ? nil : number(of: name)
        let expected = dice.roll(3) == 0 ? dice.roll(4) : nil
        let pusher = try caller(.pusher)
        let found = try await answer {
            _ = try await registry.moveAlias(
                Alias(alias), of: QualifiedName("demo/\(name)"), to: target, expected: expected, as: pusher)
            return .done
        }
        return ("move \(name):\(alias)", model.move(alias, of: name, to: target, expected: expected), found)
    }

    private func fetch(_ name: String) async throws -> (String, RegistryModel.Answer, RegistryModel.Answer) {
        let selector = ["production", "candidate", "latest", String(number(of: name))][dice.roll(4)]
        let asDeployer = dice.roll(2) == 0
        let caller = try caller(asDeployer ? .deployer : .reader)
        let found = try await answer { .bytes(try await bytes(name, selector, as: caller)) }
        return ("fetch \(name):\(selector)", model.fetch(name, selector, asDeployer: asDeployer), found)
    }

    /// The digest of the bytes that are really there.
    private func bytes(_ name: String, _ selector: String, as caller: Caller) async throws -> Digest {
        let reference = try VersionReference("demo/\(name):\(selector)")
        let file = try await registry.openFile(ArtifactPath("part0"), of: reference, as: caller)
        let reader = try registry.blobs.open(file.digest, size: file.size)
        guard try reader.isIntact() else { throw RegistryError(.blobCorrupt, "wrong bytes") }
        return reader.digest
    }

    /// Compares everything that both worlds hold, and the log with itself.
    func checkEverything() async throws {
        for (name, versions) in model.models {
            for number in versions.indices.map({ $0 + 1 }) {
                let record = try await registry.version(
                    VersionReference("demo/\(name):\(number)"), kind: .model, as: caller(.reader))
                #expect(record.summary.approval == versions[number - 1].state)
                #expect(record.files.map(\.sha256) == versions[number - 1].files)
                #expect(record.summary.aliases.sorted() == aliases(of: name, to: number))
            }
        }
        let log = try await registry.auditEntries(after: -1, limit: 1_000_000)
        #expect(log.compactMap { $0.entry["seq"]?.int } == Array(0..<log.count))
    }

    private func aliases(of name: String, to number: Int) -> [String] {
        (model.aliases[name] ?? [:]).filter { $0.value == number }.map(\.key).sorted()
    }
}
