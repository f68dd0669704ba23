public import Configuration
internal import Destinations
internal import Support
internal import Transport

extension DestinationEnvironment {
    /// Takes over what a configuration says of calls and transfers; what it leaves out stays.
    mutating func apply(_ retry: RetrySpecification?, _ limits: ResourceLimits?) {
        if let retry {
            if let attempts = retry.attempts { rules.attempts = attempts }
            if let initial = retry.initial { rules.firstPause = initial.approximately }
            if let longest = retry.longest { rules.longestPause = longest.approximately }
            rules.growth =
                switch retry.backoff {
                case .none: .none
                case .linear: .linear
                case .exponential: .exponential
                }
        }
        if let limits {
            if let rate = limits.upload { uploads.bytesPerSecond = rate.limit }
            if let rate = limits.download { downloads.bytesPerSecond = rate.limit }
            if let parallel = limits.parallelUploads { rules.parallelCalls = parallel }
        }
    }
}

extension DestinationSpecification {
    /// What the configuration promises of stored objects, as options: a destination that cannot keep it refuses them.
    var promises: [String: String] {
        var options: [String: String] = [:]
        if let immutability {
            options["lock-mode"] = immutability.mode.rawValue
            options["remote-file-lock-duration"] = "\(immutability.period.approximately.components.seconds)s"
        }
        if let storageClass {
            options["storage-class-data"] = storageClass.data
            if let metadata = storageClass.metadata { options["storage-class-metadata"] = metadata }
        }
        return options
    }
}

extension CalendarDuration {
    /// As a number of seconds, with 30 days for a month and 365 for a year.
    public var approximately: Duration {
        .seconds(Int64(years) * 31_536_000 + Int64(months) * 2_592_000 + seconds)
    }
}

extension TransferRate {
    /// Bytes per second, at least one; nil for no limit.
    var limit: Int64? {
        switch self {
        case .unlimited: nil
        case .perSecond(let size): max(1, size.bytes)
        }
    }
}
