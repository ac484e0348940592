/// The system calls that a container's processes are refused (OCI runtime specification, "Seccomp").
///
/// Without capabilities they are harmless or refused anyway, but for these: user namespaces, in which a process gets
/// capabilities again, and parts of the kernel that namespaces do not separate. podman's own filter allows the former.
enum ContainerCallFilter {
    /// `clone` and `unshare` have the flags of namespaces first; those of `clone3` are out of a filter's reach, and
    /// programs fall back to `clone` if it does not exist (ENOSYS).
    static let json = """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"names": ["clone", "unshare"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1,
           "args": [{"index": 0, "op": "SCMP_CMP_MASKED_EQ", "value": \(newUserNamespace), "valueTwo": \(newUserNamespace)}]},
          {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
          {"names": ["add_key", "bpf", "io_uring_enter", "io_uring_register", "io_uring_setup", "keyctl",
                     "perf_event_open", "request_key", "userfaultfd"],
           "action": "SCMP_ACT_ERRNO", "errnoRet": 1},
          {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97,
           "args": [{"index": 0, "op": "SCMP_CMP_EQ", "value": \(virtualMachineSockets)}]}
        ]}
        """

    /// `AF_VSOCK` of `linux/socket.h`: sockets that reach the machine below, whatever the network namespace.
    private static let virtualMachineSockets = 40
    /// `CLONE_NEWUSER` of `linux/sched.h`.
    private static let newUserNamespace = 0x1000_0000
}
