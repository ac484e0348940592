/// Where keys of a provider are fetched, and who vouches for the server there.
package struct IdentityKeyPlace: Hashable, Sendable {
    /// The address.
    package let address: String
    /// The CAs, as PEM, that alone are trusted; nil for those of the system.
    package let authorities: String?

    /// Names a place.
    package init(address: String, authorities: String? = nil) {
        self.address = address
        self.authorities = authorities
    }
}
