internal import Transport

/// How fast bytes may move between this machine and a folder, which may be on a mounted share.
struct FilePace: Sendable {
    let limit: BandwidthLimit
    let cancellation: CancellationFlag

    /// The most bytes that should move in one piece; the largest number when there is no limit.
    var largestStep: Int { limit.largestStep }

    /// Counts bytes that have moved, and waits until the next may.
    /// - Throws: `.cancelled` when a stop was asked for while there was something to wait for.
    func spend(_ bytes: Int) throws(FileCopy.Failure) {
        guard largestStep < .max else { return }
        limit.spend(bytes) { cancellation.isCancelled }
        if cancellation.isCancelled { throw .cancelled }
    }
}
