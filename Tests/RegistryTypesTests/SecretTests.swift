import Foundation
import RegistryTypes
import Testing

/// Values that hold a secret show it only when they are asked for it.
@Suite struct SecretTests {
    @Test func noWayOfPrintingShowsASecret() {
        let token = APIToken.random()
        let record = TokenRecord(
            id: token.id, principal: PrincipalRecord(id: "p", kind: .ci, name: "ci"), label: "", createdAt: 0,
            expiresAt: 1)
        let secret = token.revealed.suffix(64)
        let values: [Any] = [
            token, NewToken(token: token.revealed, record: record),
            ExchangedToken(accessToken: token.revealed, expiresIn: 900), ["key": token] as [String: Any],
            Optional(token) as Any,
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                #expect(!text.contains(secret) && !text.contains(secret.prefix(16)), "\(type(of: value))")
            }
        }
        #expect(token.description == "assay_\(token.id)_…")
    }
}
