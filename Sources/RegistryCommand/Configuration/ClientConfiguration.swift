import Configuration
package import Foundation
import RegistryTypes

/// Which server is asked, and in whose name.
package struct ClientConfiguration: Sendable, HoldsSecret {
    /// The address without flag, variable and file.
    package static let defaultAddress = "http://127.0.0.1:7447"

    /// The server's address.
    package let url: URL
    /// The bearer token, if one is known for that server.
    package let token: String?

    /// Reads flag > environment > credentials file > default.
    ///
    /// - Parameters:
    ///   - flag: the value of `--url`, if it was given.
    ///   - environment: the variables `ASSAY_URL`, `ASSAY_TOKEN`, `XDG_CONFIG_HOME` and `HOME` of these.
    /// - Throws: `invalid-request` for an address that is none, `unauthenticated` for a token that is none, `invalid-json` or `forbidden` for a credentials file
    ///   that cannot be used.
    package init(flag: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        // An empty variable is one that a CI system passed on without having it.
        let set = environment.filter { !$0.value.isEmpty }
        let reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: set))
        let address = flag ?? reader.string(forKey: "assay.url") ?? Self.defaultAddress
        guard let url = URL(string: address), url.host != nil, (1...65535).contains(url.port ?? 80) else {
            // Not repeated: an address may hold a password.
            throw RegistryError(
                .invalidRequest,
                "what --url or ASSAY_URL gives is not an address; give one like \(Self.defaultAddress)")
        }
        for name in ["ASSAY_CA_FILE", "ASSAY_CLIENT_CERTIFICATE", "ASSAY_CLIENT_KEY"] {
            guard let file = set[name], !FileManager.default.isReadableFile(atPath: file) else { continue }
            throw RegistryError(.invalidPath, "\(name) names \(file), which cannot be read")
        }
        self.url = url
        let given = reader.string(forKey: "assay.token", isSecret: true)
        token = try given.map(Self.checked) ?? CredentialsFile(environment: environment).token(for: url)
    }

    /// Takes off what files and secret stores put around a token; throws `unauthenticated` for what no header can
    /// carry, before a message of the transport shows the secret.
    private static func checked(_ token: String) throws -> String {
        let token = token.trimmingCharacters(in: .whitespacesAndNewlines)
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RegistryError(
                .unauthenticated, "ASSAY_TOKEN does not hold a token; one looks like assay_<12 letters>_<64 digits>")
        }
        return token
    }
}
