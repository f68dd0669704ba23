internal import Configuration

/// Notices that configuration files have changed, and waits until they are left alone.
///
/// It looks again and again at what the files are: a mounted folder tells nobody of its changes, and a ConfigMap changes
/// by a link to another folder, which the files' identities show.
struct ConfigurationWatch {
    private let read: @Sendable () -> ConfigurationFiles
    private let debounce: Duration
    private var followed: ConfigurationFiles
    private var changed: (files: ConfigurationFiles, since: ContinuousClock.Instant)?

    /// - Parameters:
    ///   - followed: the files as they were read.
    ///   - debounce: how long a change must have been left alone.
    ///   - read: looks at the files again.
    init(_ followed: ConfigurationFiles, debounce: Duration, read: @escaping @Sendable () -> ConfigurationFiles) {
        self.followed = followed
        self.debounce = debounce
        self.read = read
    }

    /// Whether there is a change that nothing was made of and that is old enough.
    mutating func isDue(at now: ContinuousClock.Instant) -> Bool {
        let files = read()
        guard files != followed else {
            changed = nil
            return false
        }
        guard let changed, changed.files == files else {
            self.changed = (files, now)
            return debounce <= .zero
        }
        return now - changed.since >= debounce
    }
}
