import Foundation
import Registry
import RegistryTypes
import Testing

/// More questions at once than there are connections to the database: all are answered, none waits for ever.
@Suite(.timeLimit(.minutes(2))) struct ManyReadersTests {
    @Test func questionsOfAllKindsAreAnsweredAtOnce() async throws {
        let test = try await TestRegistry()
        let version = try await test.train(["model.safetensors": TestRecipe.safetensors([1])])
        let token = try await test.registry.createToken(
            CreateToken(principal: "many", roles: [.reader], namespace: test.namespace), as: test.admin)
        let file = try ArtifactPath("model.safetensors")
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<600 {
                group.addTask {
                    let caller = try await test.registry.authenticate(token.token, requestID: "r\(index)")
                    switch index % 4 {
                    case 0: _ = try await test.registry.readiness()
                    case 1: _ = try await test.registry.openFile(file, of: version, as: caller)
                    case 2: _ = try await test.registry.version(version, kind: .model, as: caller)
                    default: try await test.registry.checkMayPush(to: test.namespace, as: test.pusher)
                    }
                    return 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(answered == 600)
    }
}
