internal import CPosix
internal import Glibc

/// What the first process of a container owes to the others there.
///
/// Orphans become its children, and stay as zombies until it waits for them; and the signals for the container come to
/// it. The program knows which of its own children to wait for and no others, so the first process lets a copy of itself
/// be the program, and does nothing but this.
enum FirstProcess {
    /// Returns in the copy that is the program, and at once in any other process than the first.
    ///
    /// In the first process it never returns, but ends with what the program returned. To be called before any other
    /// thread is started.
    static func serve() {
        guard getpid() == 1 else { return }
        var signals = sigset_t()
        var former = sigset_t()
        sigfillset(&signals)
        sigprocmask(SIG_BLOCK, &signals, &former)
        let program = cposix_fork()
        guard program > 0 else {
            // A system that has no process left: the program can do without, as long as nobody leaves orphans.
            sigprocmask(SIG_SETMASK, &former, nil)
            return
        }
        while true {
            var about = siginfo_t()
            let signal = sigwaitinfo(&signals, &about)
            if signal == SIGCHLD {
                if let code = reap(until: program) { _exit(code) }
            } else if signal > 0, about.si_code != SI_KERNEL {
                // What a terminal sends, it sends to the program as well.
                kill(program, signal)
            }
        }
    }

    /// Waits for all that have ended.
    /// - Returns: what the program returned, as a shell would say it; nil while it runs.
    private static func reap(until program: pid_t) -> Int32? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(-1, &status, WNOHANG)
            guard ended > 0 else { return nil }
            guard ended == program else { continue }
            return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        }
    }
}
