#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many descriptors the process may have: a connection is one.
enum OpenFileLimit {
    /// What the database, the pools of threads and short-lived files need beside the connections.
    static let reserve = 256
    /// The least that a server starts with.
    static let least = 2 * reserve

    /// How many connections leave enough: each is a descriptor, and so is the file that it sends or takes.
    ///
    /// More must not be let in: libdispatch ends a process that has no descriptor left.
    static func connections(of files: Int) -> Int { (files - reserve) / 2 }

    /// Takes as many as the system allows, and returns how many these are.
    static func raise() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(resource, &limit)
            _ = getrlimit(resource, &limit)
        }
        return Int(clamping: min(limit.rlim_cur, 1 << 20))
    }
}
