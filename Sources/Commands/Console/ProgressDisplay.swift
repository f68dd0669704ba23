internal import Engine
internal import Glibc
internal import Support
internal import Synchronization

/// Shows how far runs have come, on a thread of its own that only reads.
final class ProgressDisplay: Sendable {
    private struct Watch {
        let thread: WorkerThread
        /// Closing it ends the thread's wait.
        let stop: Alarm
    }

    private let console: Console
    private let showsBar: Bool
    private let showsLines: Bool
    /// Writes a plain line.
    private let writeLine: @Sendable (String) -> Void
    private let current = Mutex<Watch?>(nil)

    init(_ style: ProgressStyle, on console: Console, writeLine: @escaping @Sendable (String) -> Void) {
        self.console = console
        self.writeLine = writeLine
        showsBar = style == .auto && console.hasErrorTerminal
        showsLines = style == .plain || (style == .auto && !console.hasErrorTerminal)
    }

    /// Begins to show a run's progress, or ends with `nil`; what was shown before is ended first.
    func watch(_ progress: RunProgress?) {
        let previous = current.withLock { watch in
            defer { watch = nil }
            return watch
        }
        previous?.stop.ring()
        previous?.thread.join()
        guard let progress, showsBar || showsLines, let stop = Alarm() else { return }
        // Without a thread to spare a run is still a run.
        let thread = try? WorkerThread("progress") { [self] in show(progress, until: stop) }
        guard let thread else { return }
        current.withLock { $0 = Watch(thread: thread, stop: stop) }
    }

    private func show(_ progress: RunProgress, until stop: Alarm) {
        let start = ContinuousClock.now
        var meter = ProgressMeter()
        let pause: Duration = showsBar ? .milliseconds(100) : .seconds(10)
        while !stop.wait(pause) {
            let snapshot = ProgressSnapshot(progress)
            meter.add(snapshot, at: ContinuousClock.now - start)
            if showsBar {
                console.show(bar: ProgressLine.bar(snapshot, meter, columns: console.columns))
            } else {
                writeLine(ProgressLine.plain(snapshot, meter))
            }
        }
        if showsBar { console.show(bar: nil) }
    }
}

/// A bell that one thread waits for, with a time limit, and another rings once.
final class Alarm: Sendable {
    private let reader: FileDescriptor
    private let writer: FileDescriptor

    init?() {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reader = FileDescriptor(owning: ends[0])
        writer = FileDescriptor(owning: ends[1])
    }

    func ring() {
        let byte: [UInt8] = [1]
        _ = write(writer.raw, byte, 1)
    }

    /// Waits for the bell; returns whether it rang.
    func wait(_ limit: Duration) -> Bool {
        let end = ContinuousClock.now + limit
        while true {
            let left = max(.zero, end - .now).components
            var descriptor = pollfd(fd: reader.raw, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            let count = poll(&descriptor, 1, Int32(min(milliseconds, 3_600_000)))
            if count > 0 { return true }
            if count == 0, ContinuousClock.now >= end { return false }
            if count < 0, errno != EINTR { return true }
        }
    }
}
