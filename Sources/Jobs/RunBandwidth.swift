public import Configuration
internal import Schedule
public import Support
internal import Transport

/// What the transfers of all runs of a process may take together, at the time that it is.
public final class RunBandwidth: Sendable {
    let uploads = BandwidthLimit()
    let downloads = BandwidthLimit()

    /// No limit, until ``follow(_:at:)`` says otherwise.
    public init() {}

    /// Has the rates that a configuration has for a moment; transfers that are under way notice within a second.
    public func follow(_ runtime: RuntimeSettings, at now: Timestamp) {
        let rates = runtime.rates(at: now)
        Self.set(uploads, rates.upload.limit)
        Self.set(downloads, rates.download.limit)
    }

    /// What is the same is not set again: that would forgive what was moved too much.
    private static func set(_ limit: BandwidthLimit, _ rate: Int64?) {
        if limit.bytesPerSecond != rate { limit.bytesPerSecond = rate }
    }
}

extension RuntimeSettings {
    /// The rates of a moment.
    ///
    /// A time in which nothing may be uploaded holds back the runs of schedules. Whoever asks for a run then gets it, at the
    /// rates of other times.
    func rates(at now: Timestamp) -> (upload: TransferRate, download: TransferRate) {
        let zone = timezone.flatMap { Zone(named: $0) } ?? Zone()
        let blackout = limits.blackouts.first {
            DailySpan(from: $0.from, to: $0.to, days: $0.days).contains(now, in: zone)
        }
        guard let blackout, let upload = blackout.upload, upload != .perSecond(ByteCount(0)) else {
            return (limits.upload, blackout?.download ?? limits.download)
        }
        return (upload, blackout.download ?? limits.download)
    }
}
