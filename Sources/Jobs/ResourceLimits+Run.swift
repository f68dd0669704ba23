internal import Configuration
internal import Engine
internal import Support

extension ThreadPriority {
    /// What a job's limits ask for.
    init(_ limits: ResourceLimits?) {
        self.init()
        isLowForCPU = limits?.cpu == .low
        disk =
            switch limits?.io {
            case .idle: .idle
            case .low: .low
            case .normal, nil: .usual
            }
    }
}

extension RunLimits {
    /// What the limits of a job give to one of its runs.
    init(_ job: JobSpecification) {
        self.init()
        uploads = job.limits?.parallelUploads.map { Places($0) }
        memory = job.limits?.memory?.bytes
        stores = job.destinations.count
        maintenance = memory == nil ? nil : Places(1)
    }
}

extension JobSpecification {
    /// How many objects a run sends to one of its destinations at the same time, given what that may get.
    ///
    /// Each other destination finds a place for itself, so that one that does not answer holds nobody back.
    func uploads(atOneOf destinations: Int, whichMayGet most: Int) -> Int {
        guard let all = limits?.parallelUploads else { return most }
        return min(most, max(1, all - (destinations - 1)))
    }
}
