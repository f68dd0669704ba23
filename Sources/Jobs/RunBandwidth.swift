public import Configuration
internal import Schedule
public import Support
internal import Synchronization
internal import Transport

/// What the transfers of all runs of a process may take together, at the time that it is.
public final class RunBandwidth: Sendable {
    let uploads = BandwidthLimit()
    let downloads = BandwidthLimit()
    /// What is shared by the transfers of one job, for each that has had any.
    private let shares = Mutex<[String: Share]>([:])

    /// A part of the whole.
    struct Share: Sendable {
        let uploads: BandwidthLimit
        let downloads: BandwidthLimit

        fileprivate func follow(_ limits: ResourceLimits?) {
            RunBandwidth.set(uploads, limits?.upload?.limit)
            RunBandwidth.set(downloads, limits?.download?.limit)
        }
    }

    /// No limit, until ``follow(_:at:)`` says otherwise.
    public init() {}

    /// Has the rates that a configuration has for a moment; transfers that are under way notice within a second.
    public func follow(_ configuration: Configuration, at now: Timestamp) {
        let rates = configuration.runtime.rates(at: now)
        Self.set(uploads, rates.upload.limit)
        Self.set(downloads, rates.download.limit)
        let shares = shares.withLock { $0 }
        for (name, share) in shares {
            if let job = configuration.job(named: name) { share.follow(job.limits) }
        }
    }

    /// What a job's transfers share, to whichever of its destinations; the same for each run of the job.
    func share(of job: JobSpecification?) -> Share {
        guard let job else { return Share(uploads: uploads, downloads: downloads) }
        let share = shares.withLock { shares in
            let share =
                shares[job.name]
                ?? Share(uploads: BandwidthLimit(within: uploads), downloads: BandwidthLimit(within: downloads))
            shares[job.name] = share
            return share
        }
        share.follow(job.limits)
        return share
    }

    /// What is the same is not set again: that would forgive what was moved too much.
    fileprivate static func set(_ limit: BandwidthLimit, _ rate: Int64?) {
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
