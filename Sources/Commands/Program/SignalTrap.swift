internal import Glibc
internal import Jobs
internal import Support

/// Turns SIGINT and SIGTERM into a request to stop: the first one in good order, the second one at once.
///
/// The signals stay blocked in every thread and a thread of their own waits for them, so no code runs in a signal
/// handler. That works for the first process of a container too, where an unhandled signal would be lost.
enum SignalTrap {
    /// Sets the trap; to be called before any other thread is started, because threads inherit what is blocked.
    /// - Parameters:
    ///   - interruption: is told of the first signal.
    ///   - patience: how many requests are passed on; the next one ends the process at once.
    ///   - box: gets the signals that a service knows beside these; nil leaves them to the system.
    ///   - announce: is called after the first signal.
    static func set(
        _ interruption: Interruption, patience: Int = 1, box: SignalBox? = nil,
        announce: @escaping @Sendable (StopSignal) -> Void
    ) {
        // A reader that is gone is an error of write, not the end of a backup.
        signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        for stop in StopSignal.allCases { sigaddset(&signals, stop.rawValue) }
        if box != nil { for asking in ServiceSignal.allCases { sigaddset(&signals, asking.rawValue) } }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let waiting = signals
        let thread = try? WorkerThread("signals") {
            var waiting = waiting
            while true {
                var number: Int32 = 0
                guard sigwait(&waiting, &number) == 0 else { continue }
                if let asking = ServiceSignal(rawValue: number) { box?.put(asking) }
                guard let stop = StopSignal(rawValue: number) else { continue }
                if interruption.request(stop) {
                    announce(stop)
                } else if interruption.requests > patience {
                    _exit(stop.exitCode.rawValue)
                }
            }
        }
        // Then the system's own way has to do: the process ends, and the next run continues.
        if thread == nil { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
    }
}
