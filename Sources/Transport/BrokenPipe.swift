internal import Glibc

/// Keeps a write to a closed connection from ending the process.
///
/// libcurl was told to leave signals alone, as they belong to the whole process; but the TLS library writes to sockets
/// without the flag that suppresses SIGPIPE. So the signal is held back on this thread alone, and dropped if it came.
enum BrokenPipe {
    static func withoutSignal<Value>(_ body: () -> Value) -> Value {
        var pipeOnly = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipeOnly)
        sigaddset(&pipeOnly, SIGPIPE)
        guard pthread_sigmask(SIG_BLOCK, &pipeOnly, &before) == 0 else { return body() }
        let value = body()
        if sigismember(&before, SIGPIPE) == 0 {
            var none = timespec()
            while sigtimedwait(&pipeOnly, nil, &none) == SIGPIPE {}
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return value
    }
}
