#if canImport(Glibc)
    import Glibc
#endif

/// Which threads go first where all want a processor: those that somebody waits for.
package enum ThreadPriority {
    /// Has the calling thread give way, for as long as it lives; Linux alone knows this of single threads.
    ///
    /// - Parameter steps: 0 to 19; a step gives a ninth less of a processor that others want too.
    package static func giveWay(by steps: Int32) {
        #if canImport(Glibc)
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, steps)
        #endif
    }
}
