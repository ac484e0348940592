import Foundation
import Registry
import RegistryTypes
import Testing

/// Who guesses at a token learns nothing from how near the guess was.
@Suite struct TokenGuessTests {
    /// Every digit of the secret counts, at whatever place, and the answer is the one for a token that never was.
    @Test func everyWrongDigitIsRefusedAsAnUnknownTokenIs() async throws {
        let test = try await TestRegistry()
        let token = try await test.registry.createToken(CreateToken(principal: "ann"), as: test.admin).token
        let (identifier, secret) = (token.dropLast(64), Array(token.suffix(64)))
        func refusal(_ text: String) async -> RegistryError? {
            do {
                _ = try await test.registry.authenticate(text, requestID: "t")
                return nil
            } catch {
                return error as? RegistryError
            }
        }
        #expect(await refusal(token) == nil)
        let unknown = await refusal("assay_000000000000_\(String(secret))")
        #expect(unknown?.code == .unauthenticated)
        for place in secret.indices {
            var other = secret
            other[place] = secret[place] == "0" ? "1" : "0"
            let error = await refusal("\(identifier)\(String(other))")
            #expect(error?.code == unknown?.code && error?.message == unknown?.message, "digit \(place)")
        }
        for text in [
            "", token.uppercased(), token + "0", String(token.dropLast()), "\(token) ", " \(token)", "\(token)\n",
            "\(identifier)\(String(repeating: "0", count: 64))", String(secret), "\(identifier)", "%", "\(token)\u{0}",
        ] {
            let error = await refusal(text)
            #expect(error?.code == unknown?.code && error?.message == unknown?.message, "\(text.prefix(20))")
        }
    }
}
