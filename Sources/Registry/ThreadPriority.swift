#if canImport(Glibc)
    import Glibc
#endif

/// Which threads go first where all want a processor: those that somebody waits for.
package enum ThreadPriority: Sendable {
    /// Gives way by 0 to 19 steps; a step gives a ninth less of a processor that others want too.
    case lower(by: Int32)
    /// Computes only while no other thread wants the processor.
    ///
    /// A thread that is merely lower keeps its processor until its slice of some milliseconds ends, whoever wakes up
    /// meanwhile; this one is interrupted at once.
    case idle

    /// `SCHED_IDLE`, which the C library's header shows to GNU sources only (linux/sched.h).
    private static let idlePolicy: Int32 = 5

    /// Gives the calling thread this priority, for as long as it lives; Linux alone knows this of single threads.
    package func adopt() {
        #if canImport(Glibc)
            switch self {
            case .lower(let steps): setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, steps)
            case .idle:
                var parameters = sched_param(sched_priority: 0)
                if sched_setscheduler(0, Self.idlePolicy, &parameters) != 0 { Self.lower(by: 19).adopt() }
            }
        #endif
    }
}
