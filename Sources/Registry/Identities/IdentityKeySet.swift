package import RegistryTypes

/// The public keys of an identity provider by their ids: what is usable of a JSON Web Key Set (RFC 7517).
package struct IdentityKeySet: Sendable {
    /// The most keys of a set.
    private static let most = 100

    private let keys: [String: IdentityKey]

    /// Reads a set; throws `invalid-request` for one that is none, has two keys of one id, or none that can be used.
    package init(_ document: JSONValue) throws {
        guard let list = document["keys"]?.array, list.count <= Self.most else {
            throw RegistryError(.invalidRequest, "a key set is a JSON object with up to \(Self.most) `keys` (RFC 7517)")
        }
        var keys: [String: IdentityKey] = [:]
        for entry in list {
            guard entry["d"] == nil, entry["k"] == nil else {
                throw RegistryError(
                    .invalidRequest, "the key set holds a secret or private key; give the public keys only")
            }
            guard let id = entry["kid"]?.string, (1...256).contains(id.utf8.count), let key = IdentityKey(entry) else {
                continue
            }
            guard keys.updateValue(key, forKey: id) == nil else {
                throw RegistryError(.invalidRequest, "the key set has two keys with the id \"\(id.prefix(80))\"")
            }
        }
        guard !keys.isEmpty else {
            throw RegistryError(
                .invalidRequest, "the key set has no key with a `kid` for RS256 (RSA of 2048 to 8192 bits) or ES256")
        }
        self.keys = keys
    }

    /// The key of an id. There is no other way to one: no key is tried because it is the first or the only one.
    package subscript(id: String) -> IdentityKey? { keys[id] }

    /// The ids, sorted.
    var ids: [String] { keys.keys.sorted() }
}
