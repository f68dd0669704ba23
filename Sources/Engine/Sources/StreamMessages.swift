internal import Glibc
internal import Support
internal import Synchronization

/// Reads what a command writes to standard error, on a thread of its own, so that the command never waits for it.
///
/// However much it is: a long line is cut, of many lines the first are logged, and the last are kept.
final class StreamMessages: Sendable {
    /// Bytes of a line that are shown.
    static let shownBytes = 1024
    /// Lines that are logged.
    static let loggedLines = 1000
    /// Lines that are kept for the error.
    static let keptLines = 10

    private struct State {
        var kept: [String] = []
        var count = 0
    }

    private let source: StreamSource
    private let state = Mutex(State())
    private let isLast = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)

    /// Starts to read.
    init(_ descriptor: consuming FileDescriptor, of source: StreamSource) throws(SystemError) {
        self.source = source
        let file = Shared(descriptor)
        let thread = try WorkerThread("command") { [self] in read(file.descriptor.raw) }
        self.thread.withLock { $0 = thread }
    }

    /// Waits until all is read that the command wrote, and returns its last lines.
    ///
    /// What the command has left running may keep the pipe open; nobody waits for that.
    func finish() -> [String] {
        isLast.store(true, ordering: .releasing)
        thread.withLock { $0 }?.join()
        return state.withLock { $0.kept }
    }

    private final class Shared: Sendable {
        let descriptor: FileDescriptor
        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
    }

    private func read(_ descriptor: Int32) {
        var line: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            // Looked at before the pipe is: what was written until then is in it.
            let ends = isLast.load(ordering: .acquiring)
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wanted, 1, ends ? 0 : 100)
            if ready == 0, ends { break }
            guard ready > 0 else {
                if ready < 0, errno != EINTR { break }
                continue
            }
            let count = Glibc.read(descriptor, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in bytes.prefix(count) {
                if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                    add(line)
                    line.removeAll(keepingCapacity: true)
                } else if line.count < 8 * Self.shownBytes {
                    line.append(byte)
                }
            }
        }
        add(line)
    }

    private func add(_ line: [UInt8]) {
        // Secrets go before the line is cut: half of one would not be recognised.
        var text = source.redact(String(decoding: line, as: UTF8.self))
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        if text.utf8.count > Self.shownBytes {
            text = String(decoding: text.utf8.prefix(Self.shownBytes), as: UTF8.self) + "…"
        }
        let count = state.withLock { state in
            state.count += 1
            if state.kept.count == Self.keptLines { state.kept.removeFirst() }
            state.kept.append(text)
            return state.count
        }
        if count <= Self.loggedLines { source.log(text) }
        if count == Self.loggedLines { source.log("… what follows is not logged") }
    }
}
