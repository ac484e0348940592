import Foundation
import RegistryServer
import RegistryTypes
import Testing

/// Where the server sends to what others name: design case "SSRF".
@Suite struct OutboundRulesTests {
    @Test(arguments: [
        // IPv4: this network, private, shared, loopback, link-local with metadata services, assignments, examples, relays,
        // benchmarks, multicast, reserved, broadcast.
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
        "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255",
        // IPv6: unspecified, loopback, unique local, link-local, multicast, examples, Teredo, 6to4, site-local, discard.
        "::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "ff02::1", "2001:db8::1", "2001::1",
        "2002:7f00:1::",
        "2002:a00:1::1", "fec0::1", "100::1", "3fff::1", "5f00::1",
        // IPv4 in IPv6: mapped, compatible, translated.
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1", "64:ff9b:1::a00:1",
    ])
    func theAddressIsNotPublic(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1",
        "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.169.0.1", "198.17.255.255", "198.20.0.1",
        "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1",
    ])
    func theAddressIsPublic(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isPublic)
    }

    @Test(arguments: ["", "1.1.1", "1.1.1.1.1", "256.1.1.1", "0x7f.1", "2130706433", "01.1.1.1", ":::1", "localhost"])
    func onlyTheUsualFormIsAnAddress(text: String) { #expect(IPAddress(text) == nil) }

    /// What the system makes of strange forms is what counts, whatever the text looks like: with its real lookup.
    @Test(arguments: [
        "https://127.0.0.1/", "https://localhost/", "https://localhost./", "https://127.1/", "https://0x7f.1/",
        "https://0x7f000001/", "https://2130706433/", "https://017700000001/", "https://0177.0.0.1/", "https://[::1]/",
        "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::]/", "https://0/", "https://0.0.0.0/",
        "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://10.0.0.1:8443/",
        "https://%31%32%37.0.0.1/", "https://[64:ff9b::7f00:1]/", "https://127.0.0.1.:443/",
        "https://no-such-host.invalid/", "http://1.1.1.1/", "http://127.0.0.1/",
    ])
    func thisMachineAndItsNetworkAreNotSentTo(text: String) async throws {
        let url = try #require(URL(string: text))
        let error = await #expect(throws: RegistryError.self) {
            _ = try await OutboundRules.publicInternet.address(for: url)
        }
        #expect(error?.code == .outboundRefused)
        // It must not tell what a name stands for, or whether there is such a host.
        #expect(error?.message.contains("invalid") != true || text.contains("invalid"))
    }

    @Test func aHostWithOnePrivateAddressAmongOthersIsNotSentTo() async throws {
        let addresses = ["1.1.1.1", "10.0.0.1"].compactMap(IPAddress.init)
        let url = try #require(URL(string: "https://both.example.org/"))
        for order in [addresses, addresses.reversed()] {
            let rules = try OutboundRules { _ in order }
            await #expect(throws: RegistryError.self) { _ = try await rules.address(for: url) }
        }
        let rules = try OutboundRules { _ in [addresses[0]] }
        #expect(try await rules.address(for: url) == addresses[0])
    }

    @Test func theOperatorAllowsMore() async throws {
        let rules = try OutboundRules(allowing: ["10.1.0.0/16", "ci.internal", "::1", "fd12::/16"]) { host in
            switch host {
            case "CI.internal", "other.internal": [IPAddress("192.168.1.1")].compactMap(\.self)
            default: [IPAddress(host.trimmingCharacters(in: ["[", "]"]))].compactMap(\.self)
            }
        }
        for text in [
            "http://10.1.2.3/", "https://10.1.255.255/", "http://CI.internal/", "http://[::1]/", "https://[fd12::7]/",
        ] {
            _ = try await rules.address(for: #require(URL(string: text)))
        }
        for text in [
            "http://10.2.0.1/", "https://10.0.255.255/", "http://other.internal/", "http://[::2]/",
            "https://[fd13::7]/",
        ] {
            await #expect(throws: RegistryError.self, "\(text)") {
                _ = try await rules.address(for: #require(URL(string: text)))
            }
        }
        // A mapped address is the one in it.
        let mapped = try OutboundRules(allowing: ["127.0.0.0/8"])
        _ = try await mapped.address(for: #require(URL(string: "https://[::ffff:127.0.0.1]/")))
    }

    @Test(arguments: [
        "", " ", "10.0.0.0/33", "10.0.0/8", "::/129", "http://host", "host:80", "a b", "-", "10.0.0.0/x", "*",
    ])
    func whatIsNoRangeOrHostIsRefused(text: String) {
        #expect(throws: RegistryError.self) { try OutboundRules(allowing: [text]) }
    }
}
