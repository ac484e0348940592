import Foundation
import RegistryClient
import RegistryTypes

/// Where a CI job or a pod finds the token that its system signed for it.
enum IdentityTokenSource {
    /// The token: of `ASSAY_OIDC_TOKEN`, the file of `ASSAY_OIDC_TOKEN_FILE`, or asked of GitHub Actions.
    ///
    /// - Parameter audience: what GitHub is asked for; tokens that are there already have theirs.
    /// - Throws: `identity-refused` where none of these is there.
    static func token(audience: String, environment: [String: String]) async throws -> String {
        let set = environment.filter { !$0.value.isEmpty }
        if let token = set["ASSAY_OIDC_TOKEN"] { return token.trimmingCharacters(in: .whitespacesAndNewlines) }
        if let file = set["ASSAY_OIDC_TOKEN_FILE"] { return try SecretInput.read(file: file) }
        if let address = set["ACTIONS_ID_TOKEN_REQUEST_URL"], let url = URL(string: address),
            let token = set["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
        {
            return try await GitHubIdentityToken.request(at: url, token: token, audience: audience)
        }
        throw RegistryError(
            .identityRefused,
            "there is no identity token here: set ASSAY_OIDC_TOKEN or ASSAY_OIDC_TOKEN_FILE; on GitHub Actions give the job "
                + "`permissions: id-token: write`")
    }
}
