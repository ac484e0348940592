import Foundation
import SystemPackage

/// The system calls that a sandbox refuses although its namespaces do not hold them back, as a seccomp filter.
///
/// Keyrings belong to users and sessions, not to namespaces: a key of the worker's session could be read. Sockets of
/// virtual machines (`AF_VSOCK`) reach the machine below whatever the network namespace, so only the families of
/// ordinary networks may be asked for. io_uring would do both past this filter. Nobody trains with the others.
enum CallFilter {
    /// Numbers of system calls on one architecture, with its name in `linux/audit.h`.
    private struct Architecture {
        let audit: UInt32
        let socket: UInt32
        /// add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, io_uring_setup.
        let refused: [UInt32]
    }

    #if arch(x86_64)
        private static let own = Architecture(
            audit: 0xC000_003E, socket: 41, refused: [248, 249, 250, 321, 298, 323, 425])
    #elseif arch(arm64)
        private static let own = Architecture(
            audit: 0xC000_00B7, socket: 198, refused: [217, 218, 219, 280, 241, 282, 425])
    #endif

    /// AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: what is confined by namespaces.
    private static let families: [UInt32] = [1, 2, 10, 16]
    /// Calls of the x32 interface have this bit.
    private static let otherInterface: UInt32 = 0x4000_0000

    /// The filter as `seccomp(2)` takes it: an array of `struct sock_filter` in the machine's byte order.
    static var program: Data {
        var code = Data()
        func add(_ operation: UInt16, _ value: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0) {
            withUnsafeBytes(of: operation) { code.append(contentsOf: $0) }
            code.append(contentsOf: [ifTrue, ifFalse])
            withUnsafeBytes(of: value) { code.append(contentsOf: $0) }
        }
        // linux/bpf_common.h: load a word of struct seccomp_data, compare it, return a verdict.
        let (load, isEqual, isAtLeast, end): (UInt16, UInt16, UInt16, UInt16) = (0x20, 0x15, 0x35, 0x06)
        let allow: UInt32 = 0x7FFF_0000
        func fail(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }

        add(load, 4)
        add(isEqual, own.audit, ifTrue: 1)
        add(end, fail(ENOSYS))
        add(load, 0)
        add(isAtLeast, otherInterface, ifFalse: 1)
        add(end, fail(ENOSYS))
        for number in own.refused {
            add(isEqual, number, ifFalse: 1)
            add(end, fail(EPERM))
        }
        add(isEqual, own.socket, ifTrue: 1)
        add(end, allow)
        // The first argument, its low half.
        add(load, 16)
        for family in families {
            add(isEqual, family, ifFalse: 1)
            add(end, allow)
        }
        add(end, fail(EAFNOSUPPORT))
        return code
    }
}
