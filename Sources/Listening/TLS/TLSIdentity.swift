internal import Glibc
public import Support
internal import Synchronization

/// The certificate chain and the key that a listener shows, from PEM files.
///
/// A listener looks at the files about once a second while clients come, and takes them over when they have changed. Files
/// that cannot be used, or do not belong together yet, leave the old identity in use.
public final class TLSIdentity: Sendable {
    /// The file with the certificate, and behind it those of the authorities in between.
    public let certificate: String
    /// The file with the key; it may be the same.
    public let key: String

    private let state: Mutex<State>

    private struct State: Sendable {
        var context: TLSContext
        /// The files that `context` is of.
        var used: [FileStamp?]
        var looked = ContinuousClock.now
        /// Files that cannot be used: which ones, since when, and whether that was told.
        var trouble: (files: [FileStamp?], since: ContinuousClock.Instant, isTold: Bool)?
    }

    /// Reads both files.
    /// - Throws: `ListeningError` when they cannot be used.
    public init(certificate: String, key: String) throws(ListeningError) {
        self.certificate = certificate
        self.key = key
        // First the stamps: what changes while it is read is seen as changed afterwards.
        let used = [FileStamp(certificate), FileStamp(key)]
        state = Mutex(State(context: try TLSContext(certificate: certificate, key: key), used: used))
    }

    /// When the certificate that is in use ends.
    public var expiry: Timestamp { state.withLock { $0.context.expiry } }

    /// Reads the files again, whether or not they seem to have changed.
    /// - Throws: `ListeningError` when they cannot be used; the old identity stays in use then.
    public func reload() throws(ListeningError) {
        let used = [FileStamp(certificate), FileStamp(key)]
        let context = try TLSContext(certificate: certificate, key: key)
        state.withLock {
            $0.context = context
            $0.used = used
            $0.trouble = nil
        }
    }

    /// What new connections use; looks whether the files have changed when that is more than `interval` ago.
    /// - Parameters:
    ///   - interval: how often to look.
    ///   - patience: how long files may be unusable before that is told, as two files are not replaced at once.
    ///   - report: is told of every change once.
    /// - Returns: the newest pair that can be used.
    func current(
        lookingEvery interval: Duration = .seconds(1), patience: Duration = .seconds(5),
        report: (ListenerEvent.Kind) -> Void
    ) -> TLSContext {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            guard now - state.looked >= interval else { return false }
            state.looked = now
            return true
        }
        guard isDue else { return state.withLock { $0.context } }
        let files = [FileStamp(certificate), FileStamp(key)]
        guard state.withLock({ $0.used != files }) else { return state.withLock { $0.context } }
        do {
            let context = try TLSContext(certificate: certificate, key: key)
            state.withLock {
                $0.context = context
                $0.used = files
                $0.trouble = nil
            }
            report(.certificateLoaded(path: certificate))
            return context
        } catch {
            let isNews = state.withLock { state in
                guard let trouble = state.trouble, trouble.files == files else {
                    state.trouble = (files, now, patience == .zero)
                    return patience == .zero
                }
                guard !trouble.isTold, now - trouble.since >= patience else { return false }
                state.trouble?.isTold = true
                return true
            }
            if isNews { report(.certificateRefused(error)) }
            return state.withLock { $0.context }
        }
    }
}

/// What changes about a file when its content does; links are followed, as Kubernetes swaps them.
private struct FileStamp: Sendable, Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
