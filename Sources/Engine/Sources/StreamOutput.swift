/// What yields the bytes of a file of the version, once and in order.
///
/// Used by one thread. Nothing of what it yields is in any version unless ``finish(isStopped:)`` returns.
public protocol StreamOutput: AnyObject {
    /// Fills a buffer; fewer bytes only at the end.
    /// - Parameters:
    ///   - buffer: what to fill.
    ///   - isStopped: whether the run ends; to be looked at several times a second.
    /// - Returns: how many bytes there are.
    /// - Throws: `StreamFailure`, or `EngineError.cancelled` when the run ends.
    func read(into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool) throws -> Int

    /// Waits for the end, when all is read.
    /// - Parameter isStopped: whether the run ends; to be looked at several times a second.
    /// - Throws: `StreamFailure` unless all is well; `EngineError.cancelled` when the run ends.
    func finish(isStopped: () -> Bool) throws

    /// Ends it, and lets go of all that it needs; more calls do nothing.
    func stop()
}
